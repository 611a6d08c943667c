/** A scrape writes only what has changed since the last one: the text must be what it would be, were everything written. */
import { once } from 'node:events';
import { text } from 'node:stream/consumers';
import { setImmediate as turn } from 'node:timers/promises';
import { type Decision, expositionText, REASONS, unitOf } from '@tinct/core';
import fc from 'fast-check';
import t from 'tap';
import { type Brain, createBrain } from '../../src/brain.ts';
import { edgeMetrics, type MetricsSource } from '../../src/exposition/families.ts';
import { Exposition } from '../../src/exposition/scrape.ts';
import { resolveOptions } from '../../src/options.ts';
import type { Ledger } from '../../src/record/ledger.ts';
import { type Asker, type Outcome, Recorder } from '../../src/record/recorder.ts';
import { measuredIn } from '../../src/record/summed.ts';
import { Totals } from '../../src/workers/totals.ts';
import { planText, TextSource } from '../helpers.ts';

const nameOf = (i: number): string => (i === 0 ? 'my-service' : `other-${i}`);

const other = (i: number): string => `
  ${nameOf(i)}:
    stable: v1
    scope: { hosts: [${nameOf(i)}.example] }
    services: { ${nameOf(i)}: { host: h${i}, subsets: { v1: { version: v1 }, v2: { version: v2 } } } }
    rules: [{ percent: ${i % 3 === 0 ? 5 : 50}, variant: v2 }]
`;

/** A plan of so many releases. */
const planOf = (releases: number, revision = 1): string =>
  planText({
    revision,
    rules: '{ percent: 50, variant: v2 }',
    more: Array.from({ length: releases - 1 }, (_, i) => other(i + 1)).join(''),
  });

async function brainOf(plan: TextSource): Promise<Brain> {
  const settings = resolveOptions({ plan, upstream: 'http://127.0.0.1:1' });
  const brain = createBrain({ plan }, { ...settings, now: () => 1_700_000_000_000 });
  await brain.plans.start();
  return brain;
}

const NONE = {
  ...{ inFlight: 0, overloaded: 0 },
  dropped: { limit: 0, resets: 0, protocol: 0 },
};

const sourceOf = (
  brain: Brain,
  measured: () => ReturnType<Brain['measured']> = brain.measured,
): MetricsSource => ({
  plan: brain.plans,
  measured: () => ({ ...measured(), ...NONE }),
  isReady: () => true,
  wantExamples: brain.wantExamples,
});

interface Sent {
  readonly release: number;
  readonly variant: string;
  readonly arm: Decision['arm'];
  readonly isReached: boolean;
  readonly status: number;
  readonly ms: number;
  readonly user: number;
}

const sent = (releases: number): fc.Arbitrary<Sent> =>
  fc.record({
    release: fc.nat(releases - 1),
    variant: fc.constantFrom('v1', 'v2'),
    arm: fc.constantFrom('canary', 'control', 'other'),
    isReached: fc.boolean(),
    status: fc.constantFrom(200, 404, 503, 101, 0),
    ms: fc.double({ min: 0, max: 20_000, noNaN: true }),
    user: fc.nat(50),
  });

function count(brain: Brain, recorder: Recorder, request: Sent): void {
  const { variant, arm, isReached, status, ms, user } = request;
  const release = nameOf(request.release);
  const compiled = brain.plans.current()?.releases.find(({ name }) => name === release);
  const context = { units: { user: `u${user}` }, now: 0 };
  const asker = {
    releases: compiled === undefined ? [] : [compiled],
    units: compiled === undefined ? [] : [unitOf(compiled, context)],
    // Every other one is part of a sampled trace.
    headers: ['traceparent', `00-${`${user}`.padStart(32, 'a')}-${'b'.repeat(16)}-0${user % 2}`],
    ...{ isNew: user % 5 === 0, stored: [], order: recorder.flips.next() },
    context,
  } as unknown as Asker;
  const made = { reason: REASONS[0], rule: 0, revision: 1, epoch: 1, detail: undefined };
  const outcome: Outcome = {
    ...{ status, ms, fault: status === 0 ? 'client' : undefined, firstByteMs: ms / 2 },
    direct: isReached ? release : undefined,
  };
  recorder.record([{ ...made, release, variant, arm } as Decision], outcome, asker);
}

/** Whether it has what only OpenMetrics can say. */
const hasExamples = (exposed: string): boolean => / # \{trace_id="a+\d+"\} /.test(exposed);

async function scraped(exposition: Exposition, accept?: string): Promise<string> {
  return text((await exposition.scrape(accept)).body);
}

const OPEN = 'application/openmetrics-text';

async function isAsWritten(source: MetricsSource, exposition: Exposition): Promise<boolean> {
  const families = edgeMetrics(source);
  return (
    (await scraped(exposition)) === expositionText(families, 'prometheus') &&
    (await scraped(exposition, OPEN)) === expositionText(families, 'openmetrics')
  );
}

const RELEASES = 20;

t.test('whatever was counted between two scrapes, the text is that of everything', async (t) => {
  const batches = fc.array(fc.array(sent(RELEASES), { maxLength: 12 }), { maxLength: 6 });
  await fc.assert(
    fc.asyncProperty(batches, async (all) => {
      const brain = await brainOf(new TextSource(planOf(RELEASES)));
      const source = sourceOf(brain);
      const exposition = new Exposition(source);
      if (!(await isAsWritten(source, exposition))) return false;
      for (const batch of all) {
        for (const request of batch) count(brain, brain.recorder, request);
        if (!(await isAsWritten(source, exposition))) return false;
      }
      return true;
    }),
    { numRuns: 4, seed: 5 },
  );
  t.pass();
});

t.test('a plan that changes, an abort and a release that leaves are seen at once', async (t) => {
  const plan = new TextSource(planOf(RELEASES));
  const brain = await brainOf(plan);
  const source = sourceOf(brain);
  const exposition = new Exposition(source);
  t.ok(await isAsWritten(source, exposition));
  brain.plans.kill('other-7');
  t.ok(await isAsWritten(source, exposition));
  t.match(await scraped(exposition), 'tinct_release_aborted{release="other-7"} 1\n');
  plan.text = planOf(RELEASES - 8, 2);
  await brain.plans.load();
  t.ok(await isAsWritten(source, exposition));
  t.match(await scraped(exposition), 'tinct_plan_revision 2\n');
});

t.test('workers’ counters are summed, also of one that died', async (t) => {
  const brain = await brainOf(new TextSource(planOf(RELEASES)));
  const totals = new Totals();
  const ledgerOf = (worker: object): Ledger => ({
    row(name, cells) {
      const row = new Float64Array(cells);
      totals.note(worker, name, row);
      return row;
    },
    registers(name) {
      const registers = new Uint8Array(4096);
      totals.noteSketch(worker, name, registers);
      return registers;
    },
    last: () => undefined,
    read: () => undefined,
    forget: (name) => totals.forgetSketch(worker, name),
  });
  const shapes = brain.roster.shapes(0);
  let time = 1_700_000_000_000;
  const workers = ['one', 'two'].map((name) => {
    const worker = { name };
    const recorder = new Recorder(ledgerOf(worker), () => time++);
    recorder.expectShapes(shapes);
    recorder.wantExamples();
    return { worker, recorder };
  });
  const all = { ...brain.measured(), ...NONE };
  const source = sourceOf(brain, () => ({ ...all, ...measuredIn(totals, shapes) }));
  const exposition = new Exposition(source);
  const requests = fc.sample(sent(RELEASES), { numRuns: 60, seed: 9 });
  for (const [i, request] of requests.entries()) {
    const { recorder } = workers[i % 2] as (typeof workers)[number];
    count(brain, recorder, request);
    if (i % 10 === 0) t.ok(await isAsWritten(source, exposition), `after ${i}`);
  }
  const before = await scraped(exposition);
  const examples = (await scraped(exposition, OPEN)).match(/trace_id="\w+"/g);
  totals.retire(workers[0]?.worker ?? {});
  t.equal(await scraped(exposition), before, 'who died still counts');
  t.ok(hasExamples(await scraped(exposition, OPEN)));
  t.strictSame((await scraped(exposition, OPEN)).match(/trace_id="\w+"/g), examples);
  t.ok(await isAsWritten(source, exposition));
});

t.test('others have their turns while much is collected and sent', async (t) => {
  const source = sourceOf(await brainOf(new TextSource(planOf(300))));
  let [turns, isOver] = [0, false];
  const counting = (async () => {
    while (!isOver) {
      await turn();
      turns += 1;
    }
  })();
  const { body } = await new Exposition(source).scrape();
  const collected = turns;
  body.resume();
  await once(body, 'end');
  isOver = true;
  await counting;
  t.ok(collected >= 3, `${collected} turns`);
});

t.test(
  'attack: a scraper that reads slowly, or not at all, gets what was then, and holds up nobody',
  async (t) => {
    const brain = await brainOf(new TextSource(planOf(RELEASES)));
    const source = sourceOf(brain);
    const exposition = new Exposition(source);
    const expected = expositionText(edgeMetrics(source), 'prometheus');
    const slow = await exposition.scrape();
    const never = await exposition.scrape();
    for (const request of fc.sample(sent(RELEASES), { numRuns: 50, seed: 1 }))
      count(brain, brain.recorder, request);
    t.ok(await isAsWritten(source, exposition));
    t.equal(await text(slow.body), expected);
    never.body.destroy();
  },
);
