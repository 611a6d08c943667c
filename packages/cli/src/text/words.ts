/** Numbers and small words. */
import { formatPercent } from '@tinct/core/basics';

const WHOLE = new Intl.NumberFormat('en-US');

/** 1234567 → `1,234,567`. */
export function whole(count: number): string {
  return WHOLE.format(count);
}

/** `1 error`, `2 errors`. */
export function counted(count: number, one: string, several = `${one}s`): string {
  return `${whole(count)} ${count === 1 ? one : several}`;
}

/** Thousandths of a percent as people write them: `5 %`. */
export function percentText(thousandths: number): string {
  return `${formatPercent(thousandths)} %`;
}

/** A measured share from 0 to 1, with the digits that count: `0.041 %`, `4.10 %`, `41.0 %`. */
export function measuredText(share: number): string {
  if (share === 0) return '0 %';
  const digits = share < 0.001 ? 3 : share < 0.1 ? 2 : 1;
  return `${(100 * share).toFixed(digits)} %`;
}

/** A share from 0 to 1 with three decimals: `4.984`. */
export function shareText(share: number): string {
  return (share * 100).toFixed(3);
}

/**
 * A text of the user's files or arguments, safe on a terminal: control characters, and what turns the direction of
 * writing, are shown as escapes. Without this a plan could clear the screen, or print a verdict of its own.
 */
export function visible(text: string): string {
  return text.replace(
    /(?!\t)[\p{Cc}\u200e\u200f\u202a-\u202e\u2066-\u2069]/gu,
    (character) => `\\u${(character.codePointAt(0) ?? 0).toString(16).padStart(4, '0')}`,
  );
}
