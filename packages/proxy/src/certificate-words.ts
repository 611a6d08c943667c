/** Why certificates cannot be used, as a person would say it. */
import { whyUnreadable } from '@tinct/core';

/** What OpenSSL says, in its reasons. */
const REASONS: readonly (readonly [RegExp, string])[] = [
  [/no start line|wrong tag|not enough data|bad base64|header too long/i, 'it is no PEM'],
  [/key values mismatch|key type mismatch/i, 'the key belongs to another certificate'],
  [/bad decrypt|password|interrupted or cancelled/i, 'the key is encrypted; it must not be'],
];

/** Words for what the system or OpenSSL answered, for a sentence behind the files' names. */
export function whyUnusable(error: unknown): string {
  const { message = '' } = error as { readonly message?: string };
  const [, words] = REASONS.find(([pattern]) => pattern.test(message)) ?? [];
  return words ?? whyUnreadable(error);
}
