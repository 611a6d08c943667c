/** Keys and overrides. */
import { type ErrorEntry, error } from './entry.ts';

export const KEYS = {
  TINCT_KEYS_MALFORMED: error(
    'Not a key file',
    'Keys are a JWK Set of `oct` keys for HS256, each of 32 bytes or more and with its own `kid`.',
    'Make one with `tinct keys generate`.',
  ),
  TINCT_OVERRIDE_LIFETIME: error(
    'An override that lasts too long',
    'An override ends within 24 hours: it must not outlive the test that it was made for.',
    'Write `--expires` as 1s to 24h, and make a new token tomorrow.',
  ),
} as const satisfies Record<string, ErrorEntry>;
