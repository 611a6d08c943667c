/** Who judges: Tinct, and what others do. Each sees the same history, minute by minute, and may say fail at every look. */
import {
  ANALYSIS_DEFAULTS,
  Analysis,
  type AnalysisSettings,
  type Interval,
  judge,
} from '@tinct/core';
import { shiftAbove } from './mann-whitney.ts';

export type Word = 'fail' | 'pass' | undefined;

export interface Judge {
  look(interval: Interval): Word;
}

export interface JudgeKind {
  readonly name: string;
  /** For one history. */
  readonly begin: () => Judge;
}

/** Tinct with these settings. */
export const tinct = (name: string, settings: Partial<AnalysisSettings>): JudgeKind => ({
  name,
  begin() {
    const analysis = new Analysis({ ...ANALYSIS_DEFAULTS, ...settings }, 0);
    return {
      look(interval) {
        analysis.advance(interval);
        const { verdict } = judge(analysis, []);
        return verdict === 'inconclusive' ? undefined : verdict;
      },
    };
  },
});

const pooled = ({ strata }: Interval) => {
  const sum = (of: (stratum: Interval['strata'][number]) => number) =>
    strata.reduce((total, stratum) => total + of(stratum), 0);
  return {
    x: sum(({ canary }) => canary.errors),
    m: sum(({ canary }) => canary.requests),
    y: sum(({ control }) => control.errors),
    n: sum(({ control }) => control.requests),
  };
};

/** All counts so far in one two-sided z-test of two shares at 5 %, at every look. */
export const NAIVE: JudgeKind = {
  name: 'z-test, repeated',
  begin() {
    const all = { x: 0, m: 0, y: 0, n: 0 };
    return {
      look(interval) {
        const { x, m, y, n } = pooled(interval);
        all.x += x;
        all.m += m;
        all.y += y;
        all.n += n;
        const share = (all.x + all.y) / (all.m + all.n);
        const deviation = Math.sqrt(share * (1 - share) * (1 / all.m + 1 / all.n));
        return all.x / all.m - all.y / all.n > 1.96 * deviation && all.x >= 5 ? 'fail' : undefined;
      },
    };
  },
};

/** Kayenta's judge: Mann and Whitney's test at 98 % on the error share of each minute, its effect above a quarter of the estimate. */
export const KAYENTA: JudgeKind = {
  name: 'Kayenta',
  begin() {
    const [canary, control]: [number[], number[]] = [[], []];
    return {
      look(interval) {
        const { x, m, y, n } = pooled(interval);
        canary.push(x / Math.max(1, m));
        control.push(y / Math.max(1, n));
        // A long history is looked at every ten minutes: to its advantage.
        const isLook = canary.length >= 5 && (canary.length <= 60 || canary.length % 10 === 0);
        return isLook && shiftAbove(canary, control) ? 'fail' : undefined;
      },
    };
  },
};

/** Flagger: the success rate of the last minute below 99 %, five times. */
export const FLAGGER: JudgeKind = {
  name: 'Flagger',
  begin() {
    let failed = 0;
    return {
      look(interval) {
        const { x, m } = pooled(interval);
        if (m > 0 && x / m > 0.01) failed += 1;
        return failed >= 5 ? 'fail' : undefined;
      },
    };
  },
};

export const RIVALS: readonly JudgeKind[] = [KAYENTA, FLAGGER, NAIVE];
