/** Numbers and small words. */
import { formatPercent } from '@tinct/core';

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

/** A share from 0 to 1 with three decimals: `4.984`. */
export function shareText(share: number): string {
  return (share * 100).toFixed(3);
}
