/** An edge before two versions, a Prometheus that reads it by generated rules, an Alertmanager that tells a webhook. */
import { once } from 'node:events';
import { writeFileSync } from 'node:fs';
import { Agent, createServer, type RequestListener, request } from 'node:http';
import type { AddressInfo } from 'node:net';
import { join } from 'node:path';
import { setTimeout as wait } from 'node:timers/promises';
import { parsePlan } from '@tinct/core';
import { observeFiles } from '@tinct/istio-config';
import { loadConfig, startProxy } from '@tinct/proxy';
import type { Test } from 'tap';
import { freePort, scratch, started } from '../../packages/proxy/test/parts.ts';

/** A release for each story; half of the users get v2. */
export const RELEASES = ['failing', 'slow', 'healthy', 'quiet'] as const;
export type ReleaseName = (typeof RELEASES)[number];

const USERS = 500;

const release = (name: string): string => `
  ${name}:
    stable: v1
    scope: { hosts: [${name}.example] }
    services: { ${name}: { host: ${name}, subsets: { v1: { version: v1 }, v2: { version: v2 } } } }
    rules: [{ percent: 50, variant: v2 }]`;

export const PLAN = `apiVersion: tinct.dev/v1
kind: Plan
metadata: { name: shop, revision: 1, owner: team-shop }
identity: [{ unit: user, header: user-id }]
releases:${RELEASES.map(release).join('')}
`;

async function listening(t: Test, listener: RequestListener): Promise<number> {
  const server = createServer(listener).listen(0, '127.0.0.1');
  await once(server, 'listening');
  t.teardown(() => {
    server.close();
    server.closeAllConnections();
  });
  return (server.address() as AddressInfo).port;
}

/** Waits until something holds; the test's own timeout ends it otherwise. */
export async function until(holds: () => boolean | Promise<boolean>): Promise<void> {
  while (!(await holds())) await wait(100);
}

const answers = (url: string) =>
  fetch(url).then(
    ({ ok }) => ok,
    () => false,
  );

export interface Notification {
  readonly alert: string;
  readonly release: string;
  readonly owner: string;
  readonly status: 'firing' | 'resolved';
  readonly summary: string;
}

export interface Stage {
  /** Where the edge's plan lies: `plan.yaml`. */
  readonly folder: string;
  /** Where Prometheus answers, and the edge's admin server. */
  readonly prometheus: string;
  readonly admin: string;
  /** From now on v2 of `failing` fails one request in twenty, and v2 of `slow` takes longer. */
  trouble(): void;
  /** From now on all is well again. */
  calm(): void;
  readonly notifications: readonly Notification[];
  /** What Prometheus says to a query now. */
  query(expr: string): Promise<readonly { metric: Record<string, string>; value: number }[]>;
}

interface Webhook {
  readonly alerts: readonly {
    readonly status: 'firing' | 'resolved';
    readonly labels: Record<string, string>;
    readonly annotations: Record<string, string>;
  }[];
}

function webhook(t: Test, into: Notification[]): Promise<number> {
  return listening(t, async (req, res) => {
    let text = '';
    for await (const chunk of req.setEncoding('utf8')) text += chunk;
    for (const { status, labels, annotations } of (JSON.parse(text) as Webhook).alerts)
      into.push({
        status,
        alert: labels['alertname'] ?? '',
        release: labels['release'] ?? '',
        owner: labels['owner'] ?? '',
        summary: annotations['summary'] ?? '',
      });
    res.end();
  });
}

const service = (version: string, isTroubled: () => boolean): RequestListener => {
  let count = 0;
  return async (req, res) => {
    count += 1;
    const story = isTroubled() && version === 'v2' ? (req.headers.host ?? '') : '';
    if (story.startsWith('slow')) await wait(300);
    const fails = story.startsWith('failing') && count % 20 === 0;
    res.writeHead(fails ? 500 : 200, { 'x-tinct-served': version }).end('ok');
  };
};

/** Users one after another, some at a time, on connections that are kept. */
function load(t: Test, port: number, name: ReleaseName): void {
  const agent = new Agent({ keepAlive: true, maxSockets: 12 });
  let isOver = false;
  let user = 0;
  const one = () =>
    new Promise<void>((resolve) => {
      user = (user + 1) % USERS;
      const headers = { host: `${name}.example`, 'user-id': `user-${user}` };
      const sent = request({ host: '127.0.0.1', port, agent, headers }, (res) => {
        res.resume().on('end', resolve).on('error', resolve);
      });
      sent.on('error', () => resolve()).end();
    });
  const visitor = async () => {
    while (!isOver) {
      await one();
      await wait(80);
    }
  };
  const visitors = Array.from({ length: 12 }, visitor);
  t.teardown(async () => {
    isOver = true;
    await Promise.all(visitors);
    agent.destroy();
  });
}

async function edge(t: Test, folder: string, { plan, files, more, serve }: Required<Play>) {
  const ports = await Promise.all(['v1', 'v2'].map((version) => listening(t, serve(version))));
  const [v1, v2] = ports.map((port) => `http://127.0.0.1:${port}`);
  const direct = RELEASES.map((name) => `  ${name}: { v1: "${v1}", v2: "${v2}" }`);
  const config = [
    `upstream: ${v1}`,
    `direct:\n${direct.join('\n')}`,
    'trustedHops: [127.0.0.0/8]',
    'plan: { file: plan.yaml }',
    'listen: { host: 127.0.0.1, port: 0 }',
    'admin: { port: 0 }',
    'shutdown: { notReady: 0s, grace: 1s }',
    ...more,
  ];
  for (const [name, text] of Object.entries({ 'plan.yaml': plan, ...files }))
    writeFileSync(join(folder, name), text);
  const text = config.join('\n');
  const loaded = loadConfig({ file: { text, name: 'tinct.yaml' }, env: {}, flags: {} });
  const world = { folders: { config: folder, cwd: folder }, log: { write() {} } };
  const proxy = await startProxy(loaded, world);
  t.teardown(() => proxy.stop());
  return proxy;
}

/** What is played, where it is not the story of the alerts. */
export interface Play {
  readonly plan?: string;
  /** What the plan needs beside it, by name. */
  readonly files?: Readonly<Record<string, string>>;
  /** More lines of the edge's configuration. */
  readonly more?: readonly string[];
  /** The versions of the service. */
  readonly serve?: (version: string) => RequestListener;
  /** Hosts and ports of what else Prometheus reads. */
  readonly targets?: readonly string[];
}

/** `compress`: how many times faster time goes for the rules. */
export async function setStage(t: Test, compress: number, play: Play = {}): Promise<Stage> {
  const folder = scratch(t, 'observe');
  let isTroubled = false;
  const serve = (version: string) => service(version, () => isTroubled);
  const played = { plan: PLAN, files: {}, more: [], serve, targets: [], ...play };
  const proxy = await edge(t, folder, played);
  const notifications: Notification[] = [];
  const told = await webhook(t, notifications);
  const { plan } = parsePlan(played.plan);
  for (const { name, text } of plan === undefined ? [] : observeFiles(plan, { compress }))
    writeFileSync(join(folder, name), text);
  const [prometheus, alertmanager] = [await freePort(), await freePort()];
  writeFileSync(
    join(folder, 'prometheus.yml'),
    JSON.stringify({
      global: { scrape_interval: '1s', evaluation_interval: '1s' },
      rule_files: ['tinct.rules.yaml'],
      alerting: {
        alertmanagers: [{ static_configs: [{ targets: [`127.0.0.1:${alertmanager}`] }] }],
      },
      scrape_configs: [
        {
          job_name: 'tinct',
          static_configs: [{ targets: [new URL(proxy.admin?.url ?? '').host, ...played.targets] }],
        },
      ],
    }),
  );
  writeFileSync(
    join(folder, 'am.yml'),
    JSON.stringify({
      route: {
        receiver: 'hook',
        group_by: ['alertname', 'release'],
        group_wait: '100ms',
        group_interval: '1s',
      },
      receivers: [{ name: 'hook', webhook_configs: [{ url: `http://127.0.0.1:${told}/` }] }],
    }),
  );
  started(t, 'prometheus-alertmanager', [
    `--config.file=${join(folder, 'am.yml')}`,
    `--storage.path=${join(folder, 'am')}`,
    `--web.listen-address=127.0.0.1:${alertmanager}`,
    '--cluster.listen-address=',
    '--log.level=error',
  ]);
  started(t, 'prometheus', [
    `--config.file=${join(folder, 'prometheus.yml')}`,
    `--storage.tsdb.path=${join(folder, 'data')}`,
    `--web.listen-address=127.0.0.1:${prometheus}`,
    '--log.level=error',
  ]);
  const at = `http://127.0.0.1:${prometheus}`;
  await until(() => answers(`http://127.0.0.1:${alertmanager}/-/ready`));
  await until(() => answers(`${at}/-/ready`));
  for (const name of RELEASES) if (name !== 'quiet') load(t, proxy.address.port, name);
  return {
    folder,
    prometheus: at,
    admin: proxy.admin?.url ?? '',
    notifications,
    trouble() {
      isTroubled = true;
    },
    calm() {
      isTroubled = false;
    },
    async query(expr) {
      const response = await fetch(`${at}/api/v1/query?query=${encodeURIComponent(expr)}`);
      const { data } = (await response.json()) as {
        data: { result: { metric: Record<string, string>; value: [number, string] }[] };
      };
      return data.result.map(({ metric, value: [, value] }) => ({ metric, value: Number(value) }));
    },
  };
}
