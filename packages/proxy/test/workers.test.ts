/** Several workers are one edge: one address, one plan, one sum of what was counted, and an abort that reaches all. */
import { createHash } from 'node:crypto';
import { writeFileSync } from 'node:fs';
import { type AddressInfo, createServer } from 'node:net';
import { join } from 'node:path';
import type { Worker } from 'node:worker_threads';
import { FilePlanSource, generateKey } from '@tinct/sdk';
import t from 'tap';
import { ask, askMany, crewFor, type Got, MANY, threads, versionsOf } from './crew.ts';
import { planText, TextSource, until, upstream } from './helpers.ts';
import { NAVIGATION, visitedPlan } from './visitor-helpers.ts';

const EVERYONE = planText({ rules: '{ percent: 100, variant: v2 }' });

t.test('requests are answered by one plan and counted in one sum', async (t) => {
  const crew = await crewFor(t);
  t.strictSame(versionsOf(await askMany(crew)), ['v1']);
  t.strictSame(versionsOf(await askMany(crew, MANY, { 'user-id': '123' })), ['v2']);
  // A client may have its answer a moment before it is counted.
  await until(() => crew.stats().requests >= 2 * MANY && crew.stats().inFlight === 0);
  const { requests, versions, reasons } = crew.stats();
  t.equal(requests, 2 * MANY);
  t.strictSame(
    versions.map(({ variant, requests, classes }) => [variant, requests, classes['2xx']]),
    [
      ['v1', MANY, MANY],
      ['v2', MANY, MANY],
    ],
  );
  t.ok(versions.every(({ p50 }) => p50 !== undefined));
  t.equal(reasons.TARGETING_MATCH, MANY);
});

t.test('a reload is in force in every worker when it resolves, with its list', async (t) => {
  const folder = t.testdir({ 'plan.yaml': planText() });
  const crew = await crewFor(t, { plan: new FilePlanSource(join(folder, 'plan.yaml')) });
  const list = Array.from({ length: 1000 }, (_, i) => `user-${i}\n`).join('');
  writeFileSync(join(folder, 'list.txt'), list);
  const sha256 = createHash('sha256').update(list).digest('hex');
  const more = `cohorts: { beta: { list: list.txt, sha256: ${sha256} } }`;
  const rules = '{ cohort: beta, variant: v2 }';
  writeFileSync(join(folder, 'plan.yaml'), planText({ revision: 2, rules, more }));
  await crew.plan.load();
  t.equal(crew.plan.current()?.revision, 2);
  t.strictSame(versionsOf(await askMany(crew, MANY, { 'user-id': 'user-7' })), ['v2']);
  t.strictSame(versionsOf(await askMany(crew, MANY, { 'user-id': 'user-1007' })), ['v1']);
});

t.test(
  'after an abort is confirmed nobody gets the version, under load, not even by a later plan of its epoch',
  async (t) => {
    const source = new TextSource(EVERYONE);
    const crew = await crewFor(t, { plan: source });
    let confirmed = false;
    const late: string[] = [];
    const running = Array.from({ length: 8 }, async () => {
      for (let more = true; more; ) {
        more = !confirmed;
        const wasConfirmed = confirmed;
        const { version } = await ask(crew, { 'user-id': 'someone' });
        if (wasConfirmed) late.push(version);
      }
    });
    t.strictSame(versionsOf(await askMany(crew, MANY, { 'user-id': 'someone' })), ['v2']);
    const killed = await crew.plan.kill('my-service');
    confirmed = true;
    t.match(killed, { release: 'my-service', epoch: 1 });
    const after = await askMany(crew, MANY, { 'user-id': 'someone' });
    await Promise.all(running);
    t.strictSame(versionsOf(after), ['v1']);
    t.strictSame([...new Set(late)], late.length > 0 ? ['v1'] : []);
    source.text = planText({ revision: 2, rules: '{ percent: 100, variant: v2 }' });
    await crew.plan.load();
    t.strictSame(versionsOf(await askMany(crew, MANY, { 'user-id': 'someone' })), ['v1']);
    t.equal(await crew.plan.kill('unknown'), undefined);
  },
);

t.test(
  'a worker that dies is replaced, with what was aborted; what it counted stays',
  async (t) => {
    const crew = await crewFor(t, { plan: new TextSource(EVERYONE) });
    const mine = threads.slice(-2);
    await askMany(crew, MANY, { 'user-id': 'someone' });
    await crew.plan.kill('my-service');
    await until(() => crew.stats().requests === MANY && crew.stats().inFlight === 0);
    const before = crew.stats();
    await mine[0]?.terminate();
    await until(() => crew.deaths.length === 1);
    t.strictSame(crew.stats(), { ...before, deaths: 1 });
    await until(() => threads.length > threads.indexOf(mine[1] as Worker) + 1);
    // The other one leaves too: only the new ones are left to answer.
    await mine[1]?.terminate();
    const answers = async () => ask(crew, { 'user-id': 'someone' }).catch(() => undefined);
    let got: Got | undefined;
    while (got === undefined) got = await answers();
    t.equal(got.version, 'v1', 'the abort holds');
    await until(() => crew.stats().requests > before.requests);
    t.equal(crew.stats().versions.find(({ variant }) => variant === 'v2')?.requests, MANY);
  },
);

t.test('an exception nobody caught costs one worker, and says why', async (t) => {
  const crew = await crewFor(t);
  const [thread] = threads.slice(-2);
  thread?.emit('error', new Error('something broke'));
  await thread?.terminate();
  await until(() => crew.deaths.length === 1);
  t.match(crew.deaths, [{ message: 'something broke' }]);
  await until(() => threads.at(-1) !== thread);
  t.equal((await ask(crew)).status, 200);
});

t.test('keys reach every worker', async (t) => {
  const crew = await crewFor(t, { plan: new TextSource(visitedPlan({})) });
  const cookies = async () => (await askMany(crew, MANY, NAVIGATION)).map(({ cookie }) => cookie);
  t.ok((await cookies()).every((cookie) => cookie === undefined));
  crew.useKeys({ keys: [generateKey()] });
  // Told in order: when the plan has been read again, the keys are there.
  await crew.plan.load();
  t.ok((await cookies()).every((cookie) => cookie?.startsWith('__Host-tinct=')));
});

t.test('a line for each request comes out of every worker', async (t) => {
  const crew = await crewFor(t);
  await askMany(crew, 10);
  await until(() => crew.lines.length === 10);
  t.ok(crew.lines.every((line) => JSON.parse(line)['http.response.status_code'] === 200));
});

t.test('closing lets requests finish in every worker', async (t) => {
  const waiting: (() => void)[] = [];
  const slow = await upstream(t, (_, res) => void waiting.push(() => res.end('{"version":"v1"}')));
  const crew = await crewFor(t, { upstream: slow, direct: {}, graceMs: 10_000 });
  const asked = askMany(crew, 10);
  await until(() => waiting.length === 10);
  const closed = crew.close();
  for (const finish of waiting) finish();
  t.strictSame(versionsOf(await asked), ['v1']);
  await closed;
  await t.rejects(ask(crew));
  t.equal(crew.deaths.length, 0);
});

t.test('each worker has its part of the limits', async (t) => {
  const slow = await upstream(t, () => {});
  const limits = { requests: 2 };
  const crew = await crewFor(t, { upstream: slow, direct: {}, limits, graceMs: 10 });
  const statuses: number[] = [];
  for (let i = 0; i < MANY; i += 1)
    void ask(crew).then(
      ({ status }) => statuses.push(status),
      () => {},
    );
  await until(() => statuses.length === MANY - 2);
  t.ok(statuses.every((status) => status === 503));
  t.match(crew.stats(), { inFlight: 2, overloaded: MANY - 2 });
});

t.test('an address that somebody else has is refused, although workers share theirs', async (t) => {
  const other = createServer();
  await new Promise<void>((resolve) =>
    other.listen({ port: 0, host: '127.0.0.1', reusePort: true }, resolve),
  );
  t.teardown(() => other.close());
  const { port } = other.address() as AddressInfo;
  await t.rejects(crewFor(t, { port }), { code: 'TINCT_EDGE_ADDRESS' });
});

t.test('what no worker can start with is refused', async (t) => {
  const certificates = [{ cert: '/nowhere.pem', key: '/nowhere.key' }];
  await t.rejects(crewFor(t, { tls: { certificates } }), { code: 'TINCT_EDGE_CERTIFICATE' });
});
