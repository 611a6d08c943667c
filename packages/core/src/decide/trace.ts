/** What `decide` tells while it walks, for `explain`. */
import type { Kleene } from '../conditions/comparison.ts';
import type { Remembered } from './memory.ts';

/** Whether a rule's conditions hold; `unavailable`: a cohort that could not be loaded ended the evaluation. */
export type Holds = Kleene | 'unavailable';

/** One rule as it was walked. */
export interface RuleWalk {
  readonly rule: number;
  readonly holds: Holds;
  /** The unit's bucket, where a percentage took part. */
  readonly bucket: number | undefined;
  /** What the rule's share gives the unit; `undefined`: it missed, or there was none. */
  readonly variant: string | undefined;
  readonly remembered: Remembered | undefined;
}

export interface Recorder {
  unit(type: string, key: string): void;
  rule(walk: RuleWalk): void;
}
