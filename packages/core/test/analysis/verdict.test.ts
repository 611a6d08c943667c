/** Which verdict, and why. */
import t from 'tap';
import {
  ANALYSIS_DEFAULTS,
  Analysis,
  type AnalysisSettings,
  type Interval,
  judge,
  type Stratum,
  VERDICT_REASONS,
} from '../../src/index.ts';
import { interval, stratum } from './counts.ts';

const errorsOnly: Partial<AnalysisSettings> = { weights: { errors: 1, latency: 0, refusals: 0 } };

/** Ten units of the canary and 190 of control a minute; `lost`: of the canary's, a minute. */
function unitsAfter(minutes: number, lost: number): Partial<Interval> {
  const units = { canary: (10 - lost) * minutes, control: 190 * minutes };
  return { units, assigned: [{ share: 0.05, ...units, design: 1 }] };
}

function after(
  minutes: number,
  each: Stratum,
  settings: Partial<AnalysisSettings> = errorsOnly,
  lost = 0,
): Analysis {
  const analysis = new Analysis({ ...ANALYSIS_DEFAULTS, ...settings }, 0);
  for (let i = 1; i <= minutes; i += 1)
    analysis.advance(interval(60 * i, [each], Array(32).fill(1), unitsAfter(i, lost)));
  return analysis;
}

const equal = stratum(
  { requests: 100, errors: 1, affected: 1 },
  { requests: 1900, errors: 19, affected: 19 },
);

t.test(
  'the same errors in both arms: pass, after the bake time and with units enough',
  async (t) => {
    t.strictSame(judge(after(60, equal), []), { verdict: 'pass', reasons: ['not-worse'] });
    t.strictSame(judge(after(60, equal, { ...errorsOnly, bake: 7200 }), []).reasons, ['baking']);
    t.strictSame(judge(after(60, equal, { ...errorsOnly, minimumUnits: 601 }), []).reasons, [
      'few-units',
    ]);
  },
);

t.test('five times the errors: fail, and what is missing is told beside', async (t) => {
  const bad = stratum(
    { requests: 100, errors: 5, affected: 5 },
    { requests: 1900, errors: 19, affected: 19 },
  );
  const analysis = after(20, bad);
  t.strictSame(judge(analysis, []), { verdict: 'fail', reasons: ['errors-worse'] });
  t.strictSame(judge(analysis, ['uneven']).reasons, ['errors-worse', 'uneven']);
});

t.test('no data never passes', async (t) => {
  t.strictSame(judge(after(600, stratum({}, {})), []), {
    verdict: 'inconclusive',
    reasons: ['no-data'],
  });
  const silent = judge(after(600, stratum({}, { requests: 1900, errors: 19 })), []);
  t.equal(silent.verdict, 'inconclusive');
  t.ok(silent.reasons.includes('no-canary'));
  const clean = (minutes: number) =>
    judge(after(minutes, stratum({ requests: 100 }, { requests: 1900 })), []);
  t.strictSame(
    clean(60),
    { verdict: 'inconclusive', reasons: ['errors-undecided'] },
    'without one error, nothing is known of their ratio, and 600 users are too few to know of their share',
  );
  t.strictSame(clean(600), { verdict: 'pass', reasons: ['not-worse'] });
});

t.test('whatever the reader says is missing keeps a pass away', async (t) => {
  for (const reason of [
    'source-gone',
    'no-start',
    'stale',
    'replica-missing',
    'uneven',
    'reset-unclear',
  ] as const)
    t.strictSame(judge(after(60, equal), [reason]), { verdict: 'inconclusive', reasons: [reason] });
});

t.test('units that do not arrive keep a pass away', async (t) => {
  const settings = { ...errorsOnly, minimumUnits: 300 };
  t.strictSame(judge(after(60, equal, settings, 5), []).reasons, ['mismatch']);
});

t.test(
  'attack: a bug that makes the same few users fail more often passes by no count of users',
  async (t) => {
    const lumps = stratum(
      { requests: 100, errors: 4, affected: 1 },
      { requests: 1900, errors: 19, affected: 19 },
    );
    // Slices so uneven that requests alone decide nothing.
    const analysis = new Analysis({ ...ANALYSIS_DEFAULTS, ...errorsOnly }, 0);
    const uneven = Array.from({ length: 32 }, (_, i) => (i === 0 ? 32 : 0));
    for (let i = 1; i <= 60; i += 1)
      analysis.advance(interval(60 * i, [lumps], uneven, unitsAfter(i, 0)));
    t.strictSame(judge(analysis, []), { verdict: 'inconclusive', reasons: ['errors-undecided'] });
  },
);

t.test('latency that nobody measured keeps a pass away', async (t) => {
  const { weights } = ANALYSIS_DEFAULTS;
  t.strictSame(judge(after(60, equal, { weights }), []).reasons, ['latency-undecided']);
});

t.test(
  'a service that is never slow passes, and a canary that is sometimes slow does not',
  async (t) => {
    const { weights } = ANALYSIS_DEFAULTS;
    const timed = (slow: number) =>
      stratum(
        { requests: 100, errors: 1, affected: 1, timed: 100, slower: [slow] },
        { requests: 1900, errors: 19, affected: 19, timed: 1900, slower: [0] },
      );
    const settings = { weights, boundaries: [0.005] };
    t.strictSame(judge(after(60, timed(0), settings), []), {
      verdict: 'pass',
      reasons: ['not-worse'],
    });
    t.strictSame(judge(after(60, timed(3), settings), []), {
      verdict: 'fail',
      reasons: ['latency-worse'],
    });
  },
);

t.test('each reason is a sentence', async (t) => {
  for (const [reason, text] of Object.entries(VERDICT_REASONS))
    t.match(text, /^[a-z].* .*[a-zA-Z]$/, reason);
});
