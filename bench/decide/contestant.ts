/** Who takes part: each decides the same things for the same users, each in its own documented way. */

/** Makes `count` decisions, the first for user number `from`, and counts how many got v2. */
export type Turn = (from: number, count: number) => number;

export interface Contestant {
  readonly name: string;
  /** 5 % of users get v2, by their id. */
  percentage(users: readonly string[]): Turn | Promise<Turn>;
  /** Listed users get v2, and 5 % of the others; the list is part of the configuration. */
  allowlist(users: readonly string[], listed: readonly string[]): Turn | Promise<Turn>;
  /** The same with a list that is kept apart from the configuration, as the contestant's documents advise. */
  cohort(users: readonly string[], listed: readonly string[]): Turn | Promise<Turn>;
  /** So many flags with 5 % each, one of which is asked for. */
  flags(users: readonly string[], count: number): Turn | Promise<Turn>;
}

export const PERCENT = 5;
