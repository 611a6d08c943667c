/** `tinct proxy` as the process that it is: signals, and clients that notice nothing of them. */
import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { Agent, get } from 'node:http';
import { join } from 'node:path';
import t, { type Test } from 'tap';
import { EXAMPLE, serviceBy as service, start, until } from './running.ts';

const MAIN = join(import.meta.dirname, '../src/main.ts');

interface Child {
  readonly process: ChildProcess;
  readonly url: string;
  readonly admin: string;
  readonly log: () => string;
  /** Status and signal. */
  readonly ended: Promise<readonly [number | null, string | null]>;
}

function where(log: string, message: string): string {
  const line = log.split('\n').find((each) => each.includes(`"${message}"`)) ?? '{}';
  return `${JSON.parse(line)['url.full']}`;
}

const TOKEN = 'a-token-for-these-tests';

async function child(t: Test, upstream: string, ...flags: string[]): Promise<Child> {
  const fixed = ['--upstream', upstream, '--plan-file', 'plan.yaml', '--listen-port', '0'];
  const process_ = spawn(
    process.execPath,
    [MAIN, 'proxy', ...fixed, '--admin-port', '0', ...flags],
    {
      cwd: EXAMPLE,
      stdio: ['ignore', 'pipe', 'inherit'],
      env: { ...process.env, TINCT_ADMIN_TOKEN: TOKEN },
    },
  );
  let log = '';
  process_.stdout.setEncoding('utf8').on('data', (chunk: string) => {
    log += chunk;
  });
  const ended = once(process_, 'exit') as Promise<[number | null, string | null]>;
  t.teardown(async () => {
    process_.kill('SIGKILL');
    await ended;
  });
  await until('the edge listens', () => log.includes('the edge listens'));
  const [url, admin] = [where(log, 'the edge listens'), where(log, 'the admin server listens')];
  return { process: process_, url, admin, log: () => log, ended };
}

interface Got {
  readonly status: number;
  readonly body: string;
  readonly connection: string | undefined;
}

function fetchBy(
  agent: Agent,
  url: string,
  headers: Readonly<Record<string, string>> = {},
): Promise<Got> {
  return new Promise((resolve, reject) => {
    get(url, { agent, headers }, async (res) => {
      try {
        let body = '';
        for await (const chunk of res.setEncoding('utf8')) body += chunk;
        resolve({ status: res.statusCode ?? 0, body, connection: res.headers.connection });
      } catch (error) {
        reject(error);
      }
    }).on('error', reject);
  });
}

t.test(
  'SIGTERM under load behind a balancing client: no request fails, and it ends with 0',
  async (t) => {
    const upstream = await service(t, (_, res) => void setTimeout(() => res.end('fine'), 5));
    // As long as a balancer takes to notice; the client below looks before each request.
    const edges = [
      await child(t, upstream, '--shutdown-not-ready', '1500ms'),
      await child(t, upstream, '--shutdown-not-ready', '1500ms'),
    ] as const;
    const agent = new Agent({ keepAlive: true });
    t.teardown(() => agent.destroy());
    const probes = new Agent();
    const isReady = async ({ admin }: Child) =>
      (await fetchBy(probes, `${admin}/readyz`).catch(() => undefined))?.status === 200;
    const failures: string[] = [];
    let done = 0;
    let goesOn = true;
    const drive = async (first: number) => {
      for (let i = first; goesOn; i++) {
        const edge = edges[i % 2] as Child;
        if (!(await isReady(edge))) continue;
        await fetchBy(agent, edge.url).then(
          ({ status, body }) => {
            done += 1;
            if (status !== 200 || body !== 'fine') failures.push(`${status} ${body}`);
          },
          (error) => failures.push(String(error)),
        );
      }
    };
    const drivers = [0, 1, 2, 3].map(drive);
    await until('load', () => done > 40);
    edges[0].process.kill('SIGTERM');
    t.strictSame(await edges[0].ended, [0, null]);
    const before = done;
    await until('the other one serves', () => done > before + 40);
    goesOn = false;
    await Promise.all(drivers);
    t.strictSame(failures, []);
  },
);

t.test(
  'SIGTERM: not ready at once, answers are the last of their connection, what runs finishes',
  async (t) => {
    const { promise: held, resolve: release } = Promise.withResolvers<void>();
    let arrived = false;
    const upstream = await service(t, async (req, res) => {
      if (req.url === '/slow') {
        arrived = true;
        await held;
      }
      res.end('whole');
    });
    const edge = await child(t, upstream, '--shutdown-not-ready', '1s', '--shutdown-grace', '20s');
    const agent = new Agent({ keepAlive: true });
    t.teardown(() => agent.destroy());
    const slow = fetchBy(agent, `${edge.url}/slow`);
    await until('the slow request is there', () => arrived);
    edge.process.kill('SIGTERM');
    await until('it drains', () => edge.log().includes('the edge drains'));
    const ready = await fetchBy(new Agent(), `${edge.admin}/readyz`);
    t.match(ready, { status: 503, body: /"why":\["draining"\]/ });
    t.match(await fetchBy(agent, edge.url), { status: 200, connection: 'close' });
    release();
    t.match(await slow, { status: 200, body: 'whole' });
    t.strictSame(await edge.ended, [0, null]);
  },
);

t.test('SIGTERM: a request that never ends holds it up no longer than the grace', async (t) => {
  let arrived = false;
  const upstream = await service(t, () => {
    arrived = true;
  });
  const edge = await child(t, upstream, '--shutdown-grace', '200ms');
  const endless = fetchBy(new Agent(), edge.url).catch(() => 'broken');
  await until('the request is there', () => arrived);
  edge.process.kill('SIGTERM');
  t.strictSame(await edge.ended, [0, null]);
  t.equal(await endless, 'broken');
});

t.test('a second SIGTERM ends it at once', async (t) => {
  const upstream = await service(t, (_, res) => void res.end());
  const edge = await child(t, upstream, '--shutdown-not-ready', '1h');
  edge.process.kill('SIGTERM');
  await until('it drains', () => edge.log().includes('the edge drains'));
  edge.process.kill('SIGTERM');
  t.strictSame(await edge.ended, [null, 'SIGTERM']);
});

t.test('SIGHUP reads the plan again and ends nothing', async (t) => {
  const upstream = await service(t, (_, res) => void res.end('fine'));
  const edge = await child(t, upstream);
  edge.process.kill('SIGHUP');
  await until('the reload', () => edge.log().includes('the plan is read again'));
  t.match(await fetchBy(new Agent(), edge.url), { status: 200, body: 'fine' });
  edge.process.kill('SIGINT');
  t.strictSame(await edge.ended, [0, null]);
});

t.test(
  'an abort over three replicas under load: once it is confirmed, no request gets v2',
  async (t) => {
    const upstream = await service(t, (req, res) => {
      const { 'x-tinct-my-service': version } = req.headers;
      setTimeout(() => res.end(version), 5);
    });
    const edges = await Promise.all(
      [0, 1, 2].map(() => child(t, upstream, '--trusted-hops', '127.0.0.0/8')),
    );
    const agent = new Agent({ keepAlive: true });
    t.teardown(() => agent.destroy());
    const got: { readonly began: number; readonly ended: number; readonly version: string }[] = [];
    let goesOn = true;
    const drive = async ({ url }: Child) => {
      while (goesOn) {
        const began = performance.now();
        const { body: version } = await fetchBy(agent, url, { 'user-id': '123' });
        got.push({ began, ended: performance.now(), version });
      }
    };
    const drivers = edges.flatMap((edge) => [drive(edge), drive(edge)]);
    await until('load', () => got.length > 60);
    t.ok(got.every(({ version }) => version === 'v2'));
    const asked = performance.now();
    const admins = edges.flatMap(({ admin }) => ['--admin', admin]);
    const command = start(t, process.cwd(), ['abort', 'my-service', ...admins], {
      TINCT_ADMIN_TOKEN: TOKEN,
    });
    t.equal(await command.status, 0, command.out.text);
    const confirmed = performance.now();
    const { length } = got;
    await until('load after it', () => got.length > length + 60);
    goesOn = false;
    await Promise.all(drivers);
    t.strictSame(
      got.filter(({ began, version }) => began > confirmed && version !== 'v1'),
      [],
    );
    const last = Math.max(
      ...got.filter(({ version }) => version === 'v2').map(({ ended }) => ended),
    );
    t.comment(`the last answer by v2 came ${Math.round(last - asked)} ms after the command`);
  },
);
