/** Which plan may take the place of which: revisions grow, epochs grow, an abort is final for its epoch. */
import t from 'tap';
import { acceptPlan, formatFinding, type Plan, samePlan } from '../src/index.ts';
import { planOf, planText } from './plan-text.ts';

interface Pieces {
  readonly revision: number;
  readonly release?: string;
  readonly percent?: number;
}

function plan({ revision, release = '', percent = 5 }: Pieces): Plan {
  const text = planText({ release, rules: [`{ percent: ${percent}, variant: v2 }`] });
  return planOf(text.replace('revision: 1', `revision: ${revision}`));
}

const state = (name: string, epoch: number) =>
  `    state: ${name}\n    epoch: ${epoch}\n${name === 'completed' ? '    winner: v2\n' : ''}`;

const codes = (before: Plan | undefined, after: Plan) =>
  acceptPlan(before, after).findings.map(({ code }) => code);

t.test('the first plan is accepted, whatever its revision and states', async (t) => {
  const first = plan({ revision: 7, release: state('aborted', 3) });
  t.strictSame(acceptPlan(undefined, first), { accepted: true, unchanged: false, findings: [] });
});

t.test('a higher revision wins, a lower one is refused, with the way back', async (t) => {
  const at = (revision: number) => plan({ revision });
  t.strictSame(acceptPlan(at(7), at(8)), { accepted: true, unchanged: false, findings: [] });
  t.strictSame(codes(at(Number.MAX_SAFE_INTEGER - 1), at(Number.MAX_SAFE_INTEGER)), []);
  const { accepted, findings } = acceptPlan(at(7), at(6));
  t.equal(accepted, false);
  t.match(findings.map(formatFinding), [
    'error TINCT_PLAN_REVISION_LOWER: revision 6 is lower than 7, which is in force (metadata.revision). Hint: use `tinct plan revert`',
  ]);
});

t.test('the same revision is the same plan, or refused', async (t) => {
  const before = plan({ revision: 7 });
  const same = acceptPlan(before, plan({ revision: 7 }));
  t.strictSame(same, { accepted: true, unchanged: true, findings: [] });
  const other = acceptPlan(before, plan({ revision: 7, percent: 6 }));
  t.equal(other.accepted, false);
  t.match(other.findings, [{ code: 'TINCT_PLAN_REVISION_REUSED', hint: 'raise it to 8' }]);
});

t.test('two plans are the same by what they mean, not by how they are written', async (t) => {
  const text = planText({});
  const same = [
    text.replace('percent: 5, variant: v2', 'variant: v2, percent: 5.000'),
    text.replace(
      '    stable: v1\n',
      '    state: running\n    epoch: 1\n    salt: my-service\n    stable: "v1" # a comment\n',
    ),
    text.replace('kind: Plan\n', '').replace('metadata', '"kind": "Plan"\nmetadata'),
  ];
  for (const other of same) t.ok(samePlan(planOf(text), planOf(other)), other);
  const others = [
    text.replace('percent: 5', 'percent: 5.001'),
    text.replace('name: shop', 'name: shop2'),
    text.replace('stable: v1\n', 'stable: v1\n    salt: other\n'),
    text.replace('kind: Plan', 'kind: Plan\nidentity: [{ unit: user, header: user-id }]'),
    text.replace('v2: { version: v2 }', 'v2: { version: v3 }'),
  ];
  for (const other of others) t.notOk(samePlan(planOf(text), planOf(other)), other);
  const rule = (first: string, second: string) =>
    planOf(
      planText({
        rules: [`{ users: [${first}], variant: v2 }`, `{ users: [${second}], variant: v2 }`],
      }),
    );
  t.notOk(samePlan(rule('a', 'b'), rule('b', 'a')), 'the order of rules means something');
});

t.test('epochs never fall, however high the revision', async (t) => {
  const before = plan({ revision: 7, release: state('running', 3) });
  t.strictSame(codes(before, plan({ revision: 8, release: state('running', 3) })), []);
  t.strictSame(codes(before, plan({ revision: 8, release: state('running', 4) })), []);
  t.strictSame(codes(before, plan({ revision: 999, release: state('running', 2) })), [
    'TINCT_PLAN_EPOCH_LOWER',
  ]);
  t.strictSame(codes(before, plan({ revision: 8 })), ['TINCT_PLAN_EPOCH_LOWER'], '1 by default');
});

t.test(
  'an abort is final for its epoch: only a higher epoch brings the release back',
  async (t) => {
    const aborted = plan({ revision: 7, release: state('aborted', 3) });
    for (const name of ['running', 'paused', 'completed']) {
      const same = plan({ revision: 999, release: state(name, 3) });
      t.strictSame(codes(aborted, same), ['TINCT_PLAN_EPOCH_KILLED'], name);
      t.strictSame(codes(aborted, plan({ revision: 8, release: state(name, 4) })), [], name);
    }
    t.strictSame(
      codes(aborted, plan({ revision: 8, release: state('aborted', 3), percent: 6 })),
      [],
    );
    const running = plan({ revision: 7, release: state('running', 3) });
    for (const name of ['aborted', 'paused', 'completed'])
      t.strictSame(codes(running, plan({ revision: 8, release: state(name, 3) })), [], name);
  },
);

t.test('all that is wrong is said at once', async (t) => {
  const before = plan({ revision: 7, release: state('aborted', 3) });
  t.strictSame(codes(before, plan({ revision: 6, release: state('running', 3) })), [
    'TINCT_PLAN_REVISION_LOWER',
    'TINCT_PLAN_EPOCH_KILLED',
  ]);
  t.strictSame(codes(before, plan({ revision: 7, release: state('running', 2) })), [
    'TINCT_PLAN_REVISION_REUSED',
    'TINCT_PLAN_EPOCH_LOWER',
  ]);
});

t.test('a release of the name of what every object has was not there before', async (t) => {
  const named = (name: string) =>
    planOf(
      planText({})
        .replace('  my-service:\n    stable', `  ${name}:\n    stable`)
        .replace('revision: 1', 'revision: 2'),
    );
  t.strictSame(codes(plan({ revision: 1 }), named('constructor')), []);
});
