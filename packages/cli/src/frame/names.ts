/** “Did you mean …”, for commands and options. */
import { nearestNames } from '@tinct/core/basics';

/** The known name that a slip, or an abbreviation, may have been meant for. */
export function nearest(given: string, known: readonly string[]): string | undefined {
  const begun = known.filter((name) => given.length >= 3 && name.startsWith(given));
  return begun.length === 1 ? begun[0] : nearestNames(given, known)[0];
}
