/**
 * How many different keys there were, without keeping them: HyperLogLog (Flajolet et al. 2007) with 4,096 registers and
 * Ertl's improved estimator (arXiv:1702.01284, algorithm 6), which needs no correction for few keys and never shrinks. Pure.
 */

const PRECISION = 12;
/** How many registers, one byte each. */
export const REGISTERS = 2 ** PRECISION;
/** Of a hash of 32 bits, those that are not the register's number. */
const REST = 32 - PRECISION;

/** The standard error of the estimate, as a share of it. */
export const DISTINCT_ERROR = 1.04 / Math.sqrt(REGISTERS);

/** Notes a key by its hash of 32 bits; whether that changed anything. `ranks`: of {@link ranksOf}, to be kept right. */
export function noteDistinct(registers: Uint8Array, hash: number, ranks?: Uint16Array): boolean {
  const at = hash >>> REST;
  // A one behind the last bit, so that there is an end to the zeros.
  const rank = Math.clz32((hash << PRECISION) | (1 << (PRECISION - 1))) + 1;
  const before = registers[at] ?? 0;
  if (rank <= before) return false;
  registers[at] = rank;
  if (ranks !== undefined) {
    ranks[before] = (ranks[before] ?? 0) - 1;
    ranks[rank] = (ranks[rank] ?? 0) + 1;
  }
  return true;
}

/** How many registers hold each rank: all that an estimate hangs on. */
export function ranksOf(registers: Uint8Array): Uint16Array {
  const counts = new Uint16Array(REST + 2);
  for (const rank of registers) counts[rank] = (counts[rank] ?? 0) + 1;
  return counts;
}

/** What both have seen. */
export function mergeDistinct(into: Uint8Array, other: Uint8Array): void {
  for (let at = 0; at < other.length; at += 1) {
    const rank = other[at] ?? 0;
    if (rank > (into[at] ?? 0)) into[at] = rank;
  }
}

function sigma(share: number): number {
  if (share === 1) return Number.POSITIVE_INFINITY;
  let [x, y, sum, before] = [share, 1, share, -1];
  while (sum !== before) {
    before = sum;
    x *= x;
    sum += x * y;
    y += y;
  }
  return sum;
}

function tau(share: number): number {
  if (share === 0 || share === 1) return 0;
  let [x, y, sum, before] = [share, 1, 1 - share, -1];
  while (sum !== before) {
    before = sum;
    x = Math.sqrt(x);
    y *= 0.5;
    sum -= (1 - x) ** 2 * y;
  }
  return sum / 3;
}

/** How many different keys were noted, about. */
export const estimateDistinct = (registers: Uint8Array): number =>
  estimateRanked(ranksOf(registers));

/** The same, by {@link ranksOf} the registers. */
export function estimateRanked(ranks: Uint16Array): number {
  let z = REGISTERS * tau(1 - (ranks[REST + 1] ?? 0) / REGISTERS);
  for (let rank = REST; rank >= 1; rank -= 1) z = 0.5 * (z + (ranks[rank] ?? 0));
  z += REGISTERS * sigma((ranks[0] ?? 0) / REGISTERS);
  return z === Number.POSITIVE_INFINITY ? 0 : REGISTERS ** 2 / (2 * Math.LN2 * z);
}
