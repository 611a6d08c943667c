/** Raw samples of one release, as whoever scrapes has them. */

/** What a series counts, whatever it is called where it comes from. */
export type SeriesKind =
  /** Requests. */
  | { readonly of: 'requests'; readonly arm: ArmName; readonly isRefusal: boolean }
  | { readonly of: 'errors'; readonly arm: ArmName }
  /** Requests no slower than a boundary in seconds; infinite: all that were timed. */
  | { readonly of: 'within'; readonly arm: ArmName; readonly boundary: number }
  | { readonly of: 'affected'; readonly arm: ArmName }
  | { readonly of: 'units'; readonly arm: ArmName }
  /** Units since the percentage is what it is. */
  | { readonly of: 'assigned'; readonly arm: ArmName }
  | { readonly of: 'slice-requests'; readonly slice: number }
  | { readonly of: 'slice-errors'; readonly slice: number }
  /** The canary's share by the plan. */
  | { readonly of: 'share' }
  /** Of a metric of the plan, by its place there. */
  | {
      readonly of: 'custom';
      readonly metric: number;
      readonly arm: ArmName;
      readonly part: 'events' | 'total';
    }
  /** The share of requests that should have no error, by the plan. */
  | { readonly of: 'objective' }
  /** When the running analysis began, in seconds since the epoch. */
  | { readonly of: 'start' };

export type ArmName = 'canary' | 'control';

export interface Sample {
  /** Seconds since the epoch. */
  readonly at: number;
  readonly value: number;
}

export interface Series {
  readonly kind: SeriesKind;
  /** Which replica counts. */
  readonly target: string;
  /** Ascending. */
  readonly samples: readonly Sample[];
}
