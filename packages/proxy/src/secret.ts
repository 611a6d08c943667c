/** Secrets that a request shows. */
import { createHash, timingSafeEqual } from 'node:crypto';

const digest = (text: string): Buffer => createHash('sha256').update(text).digest();

/**
 * Whether what is shown is one of the secrets. Digests of equal length are compared, and all of them, so that the time
 * tells nothing of any secret or of its length.
 */
export function secretCheck(secrets: readonly string[]): (shown: string | undefined) => boolean {
  const expected = secrets.map(digest);
  return (shown) => {
    if (shown === undefined) return false;
    const given = digest(shown);
    return expected.filter((secret) => timingSafeEqual(given, secret)).length > 0;
  };
}
