/** Abort, then override, then what a trusted hop carried, then the rules, then stable. */
import t from 'tap';
import {
  type CarriedDecision,
  type CompiledRelease,
  type CompileOptions,
  type DecisionContext,
  decide,
  MAX_OVERRIDE_MS,
  type Override,
} from '../src/index.ts';
import { onlyRelease, planText } from './plan-text.ts';

const NOW = Date.UTC(2026, 0, 31);

interface Setting {
  readonly state?: string;
  readonly epoch?: number;
  readonly rules?: readonly string[];
  readonly options?: CompileOptions;
}

function release({ state = 'running', epoch = 2, rules, options }: Setting = {}): CompiledRelease {
  const lines = [`state: ${state}`, `epoch: ${epoch}`];
  if (state === 'completed') lines.push('winner: v4');
  const text = planText({
    release: lines.map((line) => `    ${line}\n`).join(''),
    rules: rules ?? ['{ users: [ann], variant: v2 }'],
    variants: ['v2', 'v3', 'v4', 'v5'],
  });
  return onlyRelease(text, options);
}

const override = (more: Partial<Override> = {}): Override => ({
  release: 'my-service',
  variant: 'v3',
  epoch: 2,
  expires: NOW + 1000,
  ...more,
});
const carried = (more: Partial<CarriedDecision> = {}): CarriedDecision => ({
  variant: 'v5',
  reason: 'SPLIT',
  revision: 9,
  epoch: 2,
  arm: 'canary',
  ...more,
});

interface Presented {
  readonly override?: Override | undefined;
  readonly carried?: CarriedDecision | undefined;
  readonly user?: string;
}

function of(at: CompiledRelease, presented: Presented) {
  const context: DecisionContext = {
    units: { user: presented.user ?? 'ann' },
    now: NOW,
    overrides: { 'my-service': presented.override },
    carried: { 'my-service': presented.carried },
  };
  const { variant, reason, detail } = decide(at, context);
  return [variant, reason, detail];
}

const all = { override: override(), carried: carried() };

t.test('each comes before what stands below it', async (t) => {
  t.strictSame(of(release({ state: 'aborted' }), all), ['v1', 'DISABLED', undefined]);
  t.strictSame(of(release(), all), ['v3', 'OVERRIDE', undefined]);
  t.strictSame(of(release(), { carried: carried() }), ['v5', 'CARRIED', undefined]);
  t.strictSame(of(release(), {}), ['v2', 'TARGETING_MATCH', undefined]);
  t.strictSame(of(release(), { user: 'ben' }), ['v1', 'DEFAULT', undefined]);
});

t.test(
  'a completed release gives its winner, unless an override or a carried decision says otherwise',
  async (t) => {
    const done = release({ state: 'completed' });
    t.strictSame(of(done, {}), ['v4', 'STATIC', undefined]);
    t.strictSame(of(done, { carried: carried() }), ['v5', 'CARRIED', undefined]);
    t.strictSame(of(done, all), ['v3', 'OVERRIDE', undefined]);
  },
);

t.test('an abort beats everything, however it came, whatever the state was', async (t) => {
  for (const state of ['running', 'paused', 'completed', 'aborted']) {
    const killed = release({ state, options: { killed: new Map([['my-service', 2]]) } });
    t.strictSame(of(killed, all), ['v1', 'DISABLED', undefined], state);
  }
  const other = release({
    options: {
      killed: new Map([
        ['other', 2],
        ['my-service', 1],
      ]),
    },
  });
  t.strictSame(of(other, {}), ['v2', 'TARGETING_MATCH', undefined], 'an older epoch was killed');
});

t.test('a paused release decides as before', async (t) => {
  t.strictSame(of(release({ state: 'paused' }), {}), ['v2', 'TARGETING_MATCH', undefined]);
});

t.test(
  'an override is refused for another release, epoch, time or variant, and the rules decide',
  async (t) => {
    const refusals: Record<string, Partial<Override>> = {
      'another release': { release: 'other' },
      'an older epoch': { epoch: 1 },
      'a later epoch': { epoch: 3 },
      'it ended just now': { expires: NOW },
      'it ended long ago': { expires: 0 },
      'it lasts longer than a day': { expires: NOW + MAX_OVERRIDE_MS + 1 },
      'it never ends': { expires: Infinity },
      'its end is no number': { expires: Number.NaN },
      'there is no such variant': { variant: 'v9' },
      'a name of every object': { variant: 'constructor' },
    };
    for (const [why, more] of Object.entries(refusals)) {
      const presented = { override: override(more) };
      t.strictSame(of(release(), presented), ['v2', 'TARGETING_MATCH', 'override-refused'], why);
    }
    for (const expires of [NOW + 1, NOW + MAX_OVERRIDE_MS])
      t.strictSame(of(release(), { override: override({ expires }) }), [
        'v3',
        'OVERRIDE',
        undefined,
      ]);
  },
);

t.test('a refused override leaves the carried decision', async (t) => {
  const presented = { override: override({ epoch: 1 }), carried: carried() };
  t.strictSame(of(release(), presented), ['v5', 'CARRIED', undefined]);
});

t.test(
  'a carried decision stands whatever revision made it, and falls with its epoch',
  async (t) => {
    for (const revision of [1, 9, 10 ** 9])
      t.strictSame(of(release(), { carried: carried({ revision }) }), ['v5', 'CARRIED', undefined]);
    t.strictSame(of(release(), { carried: carried({ epoch: 1 }) }), [
      'v2',
      'TARGETING_MATCH',
      'carried-refused',
    ]);
    const later = { carried: carried({ epoch: 3 }) };
    t.strictSame(of(release(), later), ['v5', 'CARRIED', undefined], 'the edge resumed already');
    const aborted = release({ state: 'aborted' });
    t.strictSame(of(aborted, later), ['v5', 'CARRIED', undefined], 'the edge resumed already');
    t.strictSame(of(aborted, { carried: carried() }), ['v1', 'DISABLED', undefined]);
  },
);

t.test(
  'a carried decision keeps its variant, revision, epoch and arm, known here or not',
  async (t) => {
    const context = { units: {}, now: NOW, carried: { 'my-service': carried({ variant: 'v9' }) } };
    t.strictSame(decide(release(), context), {
      release: 'my-service',
      variant: 'v9',
      reason: 'CARRIED',
      rule: -1,
      revision: 9,
      epoch: 2,
      arm: 'canary',
      detail: undefined,
    });
  },
);

t.test('attack: what every object inherits is no override and no carried decision', async (t) => {
  const named = onlyRelease(
    planText({}).replace('  my-service:\n    stable', '  constructor:\n    stable'),
  );
  const { reason, detail } = decide(named, {
    units: { user: 'ann' },
    now: NOW,
    overrides: {},
    carried: {},
    memory: {},
  });
  t.strictSame([reason, detail], ['SPLIT', undefined]);
});
