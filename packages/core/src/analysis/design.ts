/**
 * The design effect: by how much counts vary more than independent events would, because events of one unit go together
 * (Kish, Survey Sampling, 1965). Estimated as the index of dispersion of control's events over slices of its units, added up over
 * the whole analysis, because a unit's requests of different intervals go together too (McCullagh and Nelder, Generalized Linear
 * Models, 1989, 4.5: the over-dispersion of grouped counts).
 */

/** Events in all slices together from which the dispersion means something: one in each of 32. */
export const ENOUGH_EVENTS = 32;

/** `undefined`: too few events, or no slices. Otherwise at least 1. `perUnit`: events per unit that had one, which it cannot be less than. */
export function designEffect(slices: readonly number[], perUnit = 1): number | undefined {
  const total = slices.reduce((sum, events) => sum + events, 0);
  if (slices.length < 2 || total < ENOUGH_EVENTS) return undefined;
  const mean = total / slices.length;
  const squares = slices.reduce((sum, events) => sum + (events - mean) ** 2, 0);
  return Math.max(1, perUnit, squares / (slices.length - 1) / mean);
}
