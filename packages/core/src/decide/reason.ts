/** Why a decision was made: a closed set. The names follow OpenFeature's where they mean the same. */
export const REASONS = [
  /** The release is aborted. */
  'DISABLED',
  /** An authorised tester asked for it. */
  'OVERRIDE',
  /** A trusted hop decided earlier in this request. */
  'CARRIED',
  /** A rule without a percentage matched. */
  'TARGETING_MATCH',
  /** A percentage took part, for or against the unit. */
  'SPLIT',
  /** Remembered from an earlier visit. */
  'STICKY',
  /** Remembered from before the login. */
  'CONTINUITY',
  /** The release is completed, or has no rules. */
  'STATIC',
  /** No rule matched. */
  'DEFAULT',
  /** Something that the decision needed was not to be had. */
  'ERROR',
] as const;

export type Reason = (typeof REASONS)[number];
