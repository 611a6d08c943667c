/** The same users for every contestant, in every run. */

/** How many different users there are, unless a scenario says otherwise. */
export const USERS = 10_000;

/** Ids as long as those of many shops, in no order that a hash could like. */
export function userId(i: number): string {
  return `user-${(Math.imul(i, 0x9e3779b1) >>> 0).toString(36).padStart(7, '0')}`;
}

export function users(count: number = USERS, first = 0): string[] {
  return Array.from({ length: count }, (_, i) => userId(first + i));
}

/** Every tenth of them. */
export function everyTenth(all: readonly string[]): string[] {
  return all.filter((_, i) => i % 10 === 0);
}

/** Users of whom every tenth is among the first `size`, spread over all of these. */
export function visitors(count: number, size: number): string[] {
  const step = Math.max(1, Math.floor((size * 10) / count));
  return Array.from({ length: count }, (_, i) =>
    userId(i % 10 === 0 ? ((i / 10) * step) % size : size + i),
  );
}
