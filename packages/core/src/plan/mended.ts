/** Hints that show a wrong value as it was probably meant. */
import { parseAddress, parseSemver } from '../conditions/values.ts';
import { HOST, LABEL } from './patterns.ts';

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
  if (host.startsWith('*.') && HOST.test(host)) return 'a service has one host: name it';
  if (host.length > 253) return 'a host has at most 253 characters';
  const mended = host
    .toLowerCase()
    .replace(/^[a-z]+:\/\//, '')
    .replace(/^\*(?!\.)/, '*.')
    .replace(/[:/].*$/, '')
    .replace(/\.$/, '');
  return HOST.test(mended) && mended !== host ? `write \`${mended}\`` : undefined;
}

/** A number that stands in quotes, or has a percent sign behind it. */
export function mendedNumber(value: unknown): string | undefined {
  if (typeof value === 'number' && value > Number.MAX_SAFE_INTEGER)
    return `at most ${Number.MAX_SAFE_INTEGER}`;
  const number =
    typeof value === 'string' ? /^\s*(\d+(?:\.\d+)?)\s*%?\s*$/.exec(value)?.[1] : undefined;
  return number === undefined ? undefined : `write ${number}, without quotes`;
}

/** A path prefix with its slash, without query, fragment and star. */
export function mendedPath(path: string): string | undefined {
  if (path.length > 100) return undefined;
  const bare = path.replace(/[?#*].*$/s, '').replace(/\s/g, encodeURIComponent);
  const mended = `/${bare.replace(/^\//, '')}`;
  return `write \`${mended.replace(/(?<=.)\/$/, '')}\``;
}

/** A version of three numbers without `v`. */
export function mendedVersion(text: string): string | undefined {
  const [, major, minor, patch = '.0', rest = ''] =
    /^v?(\d{1,9})\.(\d{1,9})(\.\d{1,9})?([-+][-+.0-9a-zA-Z]{1,64})?$/.exec(text) ?? [];
  if (major === undefined || minor === undefined) return undefined;
  const mended = `${Number(major)}.${Number(minor)}.${Number(patch.slice(1))}${rest}`;
  return parseSemver(mended) === undefined ? undefined : `write \`${mended}\``;
}

/** A range of one address. */
export function mendedCidr(text: string): string | undefined {
  const kind = parseAddress(text)?.kind();
  return kind && `write \`${text}/${kind === 'ipv4' ? 32 : 128}\` for one address`;
}
