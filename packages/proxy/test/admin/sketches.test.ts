/** Users of several edges: their sketches are merged, their gauges are not summed. */
import { DISTINCT_ERROR, mergeSketches, type UnitSketch } from '@tinct/core';
import t, { type Test } from 'tap';
import { startAdmin } from '../../src/admin/server.ts';
import type { Edge } from '../../src/index.ts';
import { type Asker, Recorder } from '../../src/record/recorder.ts';
import { planText, TextSource, twoVersions, until } from '../helpers.ts';
import { ask } from '../visitor-helpers.ts';

const TOKEN = 'a-token-of-the-test-only';

async function adminOf(t: Test, measured: Edge['measured']): Promise<string> {
  const options = { host: '127.0.0.1', port: 0, hosts: [], token: TOKEN };
  const admin = await startAdmin(options, { measured } as never);
  t.teardown(() => admin.close());
  return `${admin.address.url}/sketches`;
}

const authorized = { headers: { authorization: `Bearer ${TOKEN}` } };

async function sketchesAt(url: string): Promise<UnitSketch[]> {
  const answer = await fetch(`${url}/my-service`, authorized);
  const { sketches } = (await answer.json()) as {
    sketches: (Omit<UnitSketch, 'registers'> & { registers: string })[];
  };
  return sketches.map((one) => ({ ...one, registers: Buffer.from(one.registers, 'base64') }));
}

const plan = () => new TextSource(planText({ rules: '{ percent: 50, variant: v2 }' }));

/** So many users, from this one on, each twice, counted as an edge counts its requests. */
function counted(edge: Edge, from: number, to: number): Recorder {
  const compiled = edge.plan.current();
  const recorder = new Recorder();
  if (compiled !== undefined) recorder.expect(compiled.plan);
  for (let i = from; i < to; i += 1) {
    const [variant, arm] = i % 2 === 0 ? ['v1', 'control'] : ['v2', 'canary'];
    const asker = {
      ...{ releases: compiled?.releases, units: [{ type: 'user', key: `user-${i}` }] },
      ...{ context: { units: { user: `user-${i}` } }, stored: [] },
      ...{ isNew: false, order: i, headers: [] },
    } as unknown as Asker;
    const decision = {
      ...{ release: 'my-service', variant, arm, reason: 'SPLIT', rule: 0, revision: 1 },
      ...{ epoch: 1, detail: undefined },
    };
    const outcome = { status: 200, fault: undefined, ms: 1, direct: 'my-service' };
    for (let k = 0; k < 2; k += 1) recorder.record([decision] as never, outcome, asker);
  }
  return recorder;
}

t.test(
  'three edges that share users have the union of them, within the stated error',
  async (t) => {
    const edge = await twoVersions(t, { plan: plan() });
    const parts = [
      [0, 12_000],
      [6000, 18_000],
      [9000, 21_000],
    ] as const;
    const recorders = parts.map(([from, to]) => counted(edge, from, to));
    const urls = await Promise.all(
      recorders.map((recorder) =>
        adminOf(t, () => ({ ...edge.measured(), ...recorder.measured() })),
      ),
    );
    const all = await Promise.all(urls.map(sketchesAt));
    const merged = mergeSketches(all);
    const units = (kind: string, name: string) =>
      merged.find((one) => one.kind === kind && one.name === name);
    for (const [kind, name] of [
      ['exposed', 'v1'],
      ['exposed', 'v2'],
      ['units', 'canary'],
      ['step', 'control'],
    ] as const) {
      const found = units(kind, name);
      t.equal(found?.edges, 3);
      const off = Math.abs((found?.units ?? 0) / 10_500 - 1);
      t.ok(off < 3 * DISTINCT_ERROR, `${kind} ${name}: ${found?.units} of 10500`);
    }
    t.equal(units('affected', 'canary'), undefined, 'nobody had an error');
    const gauges = recorders.map((one) => one.stats().releases[0]?.units.exposed[0]?.units ?? 0);
    t.ok(gauges.reduce((sum, one) => sum + one) > 17_000, 'the gauges’ sum is far too much');
  },
);

t.test('sketches of another analysis, or of another size, are not merged', async (t) => {
  const sketch = (of: string, size = 4096): UnitSketch => {
    return { kind: 'units', name: 'canary', of, registers: new Uint8Array(size).fill(1) };
  };
  const merged = mergeSketches([[sketch('a')], [sketch('b')], [sketch('a', 16)]]);
  t.match(merged, [
    { of: 'a', edges: 1 },
    { of: 'b', edges: 1 },
  ]);
  t.equal(merged.length, 2);
});

t.test('a real edge’s sketches are those of its requests, and not for everyone', async (t) => {
  const edge = await twoVersions(t, { plan: plan() });
  const url = await adminOf(t, edge.measured);
  for (let i = 0; i < 30; i += 1) await ask({ edge }, { 'user-id': `user-${i}` });
  await until(() => edge.stats().requests === 30);
  const merged = mergeSketches([await sketchesAt(url), await sketchesAt(url)]);
  const exposed = merged.filter(({ kind }) => kind === 'exposed');
  t.equal(
    exposed.reduce((sum, { units }) => sum + units, 0),
    30,
  );
  t.equal((await fetch(`${url}/my-service`)).status, 401);
  t.equal((await fetch(`${url}/nobody`, authorized)).status, 404);
});
