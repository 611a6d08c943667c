/** Hints that show a wrong value as it was probably meant. */
import { HOST, LABEL } from './schema.ts';

/** A name in lower case, with dashes for what no name may hold. */
export function mendedLabel(name: string): string {
  const rule = 'use a-z, 0-9 and dashes, at most 40 characters';
  const mended = name
    .slice(0, 64)
    .toLowerCase()
    .replace(/[^a-z0-9]+/g, '-')
    .replace(/^-|-$/g, '');
  return LABEL.test(mended) && mended !== name ? `${rule}: \`${mended}\`` : rule;
}

/** A host without scheme, port, path and final dot. */
export function mendedHost(host: string): string | undefined {
  if (host === '*') return 'leave the key out for all hosts';
  if (host.length > 253) return 'a host has at most 253 characters';
  const mended = host
    .toLowerCase()
    .replace(/^[a-z]+:\/\//, '')
    .replace(/[:/].*$/, '')
    .replace(/\.$/, '');
  return HOST.test(mended) && mended !== host ? `write \`${mended}\`` : undefined;
}

/** A number that stands in quotes, or has a percent sign behind it. */
export function mendedNumber(value: unknown): string | undefined {
  const number =
    typeof value === 'string' ? /^\s*(\d+(?:\.\d+)?)\s*%?\s*$/.exec(value)?.[1] : undefined;
  return number === undefined ? undefined : `write ${number}, without quotes`;
}
