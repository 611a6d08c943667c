/** How visitors are known again. */
import { ALGORITHMS } from '@tinct/sdk';
import { z } from 'zod';
import { COOKIE_DOMAIN, COOKIE_NAME, isCookieAge } from '../../visitor/settings.ts';
import { DURATION, duration, milliseconds } from './values.ts';

export const cookieSchema = z
  .strictObject({
    name: z
      .string()
      .regex(COOKIE_NAME, { error: 'not 1 to 40 letters, digits, `-` or `_`' })
      .describe('Its name, behind the prefix `__Host-` or `__Secure-`.')
      .default('tinct'),
    domain: z
      .string()
      .regex(COOKIE_DOMAIN, { error: 'no domain such as `shop.example`' })
      .describe('Shares the cookie with the subdomains of this one. Default: the host alone.')
      .optional(),
    maxAge: duration('How long browsers keep it, from a minute to 400 days.')
      .refine((written) => !DURATION.test(written) || isCookieAge(milliseconds(written)), {
        error: 'not from a minute to 400 days',
      })
      .default('400d'),
  })
  .describe('The signed cookie that holds a visitor’s id and what was decided; needs `keys`.');

export const tokensSchema = z
  .strictObject({
    algorithms: z
      .array(z.enum(ALGORITHMS as [string, ...string[]]))
      .min(1)
      .describe('The signatures of JWTs that are believed.')
      .default([...ALGORITHMS]),
    clockSkew: duration('How far the issuer’s clock may be off.').default('30s'),
    wait: duration('How long a request waits for keys that are not there yet.').default('1s'),
  })
  .describe('How JWTs are checked.');
