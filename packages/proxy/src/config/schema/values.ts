/** What values are written like, wherever they stand in a configuration. */
import { isIP } from 'node:net';
import { LABEL } from '@tinct/core';
import { z } from 'zod';

/** A whole number with a unit. */
export const DURATION = /^(0|[1-9]\d{0,8})(ms|s|m|h|d)$/;
/** `http://host:port`, and nothing behind it. */
export const ORIGIN = /^(?:https?|h2c):\/\/[^/?#@\s]+\/?$/i;
/** Whether a text is an address or a CIDR range. */
export function isRange(text: string): boolean {
  const [address = '', prefix, ...more] = text.split('/');
  const version = isIP(address);
  if (version === 0 || more.length > 0) return false;
  const most = version === 6 ? 128 : 32;
  return prefix === undefined || (/^\d{1,3}$/.test(prefix) && Number(prefix) <= most);
}

export const text = (what: string) => z.string().min(1, { error: 'no text' }).describe(what);
export const duration = (what: string) =>
  z
    .string({ error: 'a duration such as `500ms`, `10s`, `5m` is expected' })
    .regex(DURATION, { error: 'no duration such as `500ms`, `10s`, `5m`' })
    .describe(what);
export const port = (what: string) => z.int().min(0).max(65_535).describe(what);
export const count = (what: string) => z.int().min(0).describe(what);
export const plainUrl = (pattern: RegExp, example: string, what: string) => {
  const isPlain = (given: string) =>
    pattern.test(given) && URL.canParse(given.replace(/^h2c:/i, 'http:'));
  return z
    .string()
    .refine(isPlain, { error: `no plain URL such as \`${example}\`, without a user or a path` })
    .describe(what);
};
export const origin = (what: string) => plainUrl(ORIGIN, 'http://127.0.0.1:8080', what);
export const label = (what: string) =>
  z.string().regex(LABEL, { error: 'no name: a-z, 0-9 and dash, at most 40' }).describe(what);
export const secret = (what: string) =>
  z
    .string()
    .min(16, { error: 'shorter than 16 characters' })
    .regex(/^[\x21-\x7e]+$/, { error: 'not of visible ASCII characters' })
    .meta({ secret: true })
    .describe(what);
export const ratio = (what: string) => z.number().min(0).max(1).describe(what);
/** Peers, by address or range. */
export const ranges = (what: string) =>
  z
    .array(z.string().refine(isRange, { error: 'no address or range such as `10.0.0.0/8`' }))
    .describe(what)
    .default([]);

const UNIT_MS: Readonly<Record<string, number>> = {
  ms: 1,
  s: 1000,
  m: 60_000,
  h: 3_600_000,
  d: 86_400_000,
};

/** A duration of the configuration in milliseconds. */
export function milliseconds(written: string): number {
  const [, amount, unit = ''] = DURATION.exec(written) ?? [];
  return Number(amount) * (UNIT_MS[unit] ?? Number.NaN);
}
