/** Workers that hang, run out of memory or die under load, and certificates that change under all of them. */
import { X509Certificate } from 'node:crypto';
import { readFileSync } from 'node:fs';
import { Session } from 'node:inspector';
import { connect as connectTls } from 'node:tls';
import t from 'tap';
import type { Engine } from '../src/run/engine.ts';
import { makeAuthority, makeCertificate } from './certificates.ts';
import { ask, askMany, crewFor, MANY, threads } from './crew.ts';
import { until, upstream } from './helpers.ts';

/** Runs code in one of the workers that there are, as a defect in it would. */
async function within(code: string): Promise<void> {
  const session = new Session();
  session.connect();
  const ran = new Promise<void>((resolve) => {
    session.once('NodeWorker.attachedToWorker', ({ params: { sessionId } }) => {
      const expression = `setTimeout(() => { ${code} })`;
      const message = { id: 1, method: 'Runtime.evaluate', params: { expression } };
      session.on('NodeWorker.receivedMessageFromWorker', () => resolve());
      session.post('NodeWorker.sendMessageToWorker', {
        message: JSON.stringify(message),
        sessionId,
      });
    });
  });
  session.post('NodeWorker.enable', { waitForDebuggerOnStart: false });
  await ran;
  session.disconnect();
}

/** Until every one of many connections is answered. */
async function untilAllAnswer(crew: Engine): Promise<void> {
  const isAnswered = async () => {
    const all = Array.from({ length: MANY }, () => ask(crew, {}, 2000).catch(() => undefined));
    return (await Promise.all(all)).every((got) => got?.status === 200);
  };
  while (!(await isAnswered()));
}

t.test('a worker that hangs is ended and replaced; what it counted stays', async (t) => {
  const crew = await crewFor(t, {}, 2, { lookMs: 20, hangsMs: 5000 });
  await askMany(crew);
  await until(() => crew.stats().requests === MANY && crew.stats().inFlight === 0);
  await within('for (;;);');
  await until(() => crew.deaths.length > 0);
  t.match(crew.deaths[0], { message: 'it has said nothing for 5000 ms' });
  t.ok(crew.stats().requests >= MANY);
  t.equal(crew.stats().deaths, crew.deaths.length);
  await untilAllAnswer(crew);
});

t.test('a worker that runs out of memory is replaced, and the others go on', async (t) => {
  const crew = await crewFor(t, {}, 2, { heapMb: 64, lookMs: 600_000 });
  await askMany(crew);
  await until(() => crew.stats().requests === MANY && crew.stats().inFlight === 0);
  await within(
    'const held = []; setInterval(() => { for (let i = 0; i < 1000; i++) held.push(new Array(1000).fill(0)); });',
  );
  await until(() => crew.deaths.length > 0);
  t.match(crew.deaths[0], { code: 'ERR_WORKER_OUT_OF_MEMORY' });
  t.ok(crew.stats().requests >= MANY);
  t.equal(crew.stats().deaths, 1);
  await untilAllAnswer(crew);
});

t.test(
  'a worker that dies with requests in flight: theirs break, the others’ are answered',
  async (t) => {
    const waiting: (() => void)[] = [];
    const slow = await upstream(
      t,
      (_, res) => void waiting.push(() => res.end('{"version":"v1"}')),
    );
    const crew = await crewFor(t, { upstream: slow, direct: {} });
    const mine = threads.slice(-2);
    const asked = Array.from({ length: MANY }, () => ask(crew).catch(() => undefined));
    await until(() => waiting.length === MANY && crew.stats().inFlight === MANY);
    await mine[0]?.terminate();
    await until(() => crew.deaths.length === 1 && crew.stats().inFlight < MANY);
    const left = crew.stats().inFlight;
    for (const answer of waiting) answer();
    const answered = (await Promise.all(asked)).filter((got) => got?.status === 200);
    t.equal(answered.length, left, 'no request of the one that lives was lost');
    t.ok(left > 0 && left < MANY);
    await until(() => crew.stats().inFlight === 0 && crew.stats().requests === left);
  },
);

/** The serial number of the certificate that a new connection is shown. */
function serialAt({ address }: Engine): Promise<string> {
  return new Promise((resolve, reject) => {
    const { port } = address;
    const socket = connectTls({ port, host: '127.0.0.1', rejectUnauthorized: false });
    socket.on('error', reject).on('secureConnect', () => {
      resolve(socket.getPeerCertificate().serialNumber);
      socket.destroy();
    });
  });
}

t.test('certificates that change are in force in every worker', async (t) => {
  const dir = t.testdir({});
  const authority = makeAuthority(dir);
  const files = makeCertificate(dir, authority, ['shop.example']);
  const crew = await crewFor(t, { tls: { certificates: [files] } });
  const serials = async () =>
    new Set(await Promise.all(Array.from({ length: MANY }, () => serialAt(crew))));
  const [before] = await serials();
  makeCertificate(dir, authority, ['shop.example']);
  const { serialNumber } = new X509Certificate(readFileSync(files.cert));
  t.not(serialNumber, before);
  // Each worker sees the change for itself, in its own time.
  const isEverywhere = async () => [...(await serials())].join() === serialNumber;
  while (!(await isEverywhere()));
});
