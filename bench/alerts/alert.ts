/** The alert `TinctCanaryErrors` where no analyser runs, as one who sees a history minute by minute: its thresholds are the rule's own. */
import type { Interval } from '@tinct/core';
import { CANARY_ERRORS } from '@tinct/istio-config';
import type { JudgeKind } from '../analysis/judges.ts';

const { times, difference, leastErrors, leastRequests, windowSeconds, forSeconds } = CANARY_ERRORS;
const MINUTE = 60;

interface Counts {
  readonly errors: number;
  readonly requests: number;
}

const sum = (all: readonly Counts[]): Counts => ({
  errors: all.reduce((total, { errors }) => total + errors, 0),
  requests: all.reduce((total, { requests }) => total + requests, 0),
});

function holds(canary: Counts, control: Counts): boolean {
  const [c, k] = [canary.errors / canary.requests, control.errors / control.requests];
  return (
    c > times * k &&
    c - k > difference &&
    canary.errors >= leastErrors &&
    canary.requests >= leastRequests &&
    control.requests >= leastRequests
  );
}

/** Fires when it has held for as long as the rule's `for`. */
export const ALERT: JudgeKind = {
  name: 'TinctCanaryErrors',
  begin() {
    const window: Interval[] = [];
    let since: number | undefined;
    return {
      look(interval) {
        window.push(interval);
        if (window.length > windowSeconds / MINUTE) window.shift();
        const strata = window.flatMap((each) => each.strata);
        const isBad = holds(
          sum(strata.map(({ canary }) => canary)),
          sum(strata.map(({ control }) => control)),
        );
        since = isBad ? (since ?? interval.at) : undefined;
        return since !== undefined && interval.at - since >= forSeconds ? 'fail' : undefined;
      },
    };
  },
};
