/** A real broker of Kafka, one node, on free ports of loopback. */

import { spawn, spawnSync } from 'node:child_process';
import { once } from 'node:events';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import type { Test } from 'tap';
import { freePort } from '../../../../test/free-port.ts';
import { bringJars, jarsOf } from '../maven.ts';

export { MAVEN_MAY_TAKE_MS } from '../maven.ts';

const PARTS = 'kafka-4.4.0';
const LIB = jarsOf(PARTS);

/** Brings the broker's jars. Says what is missing, if something is. */
export function prepareBroker(): string | undefined {
  if (spawnSync('java', ['-version'], { stdio: 'ignore' }).status !== 0)
    return 'java is not installed';
  return bringJars(PARTS, join(import.meta.dirname, 'pom.xml'));
}

async function properties(folder: string, port: number): Promise<string> {
  const controller = await freePort();
  return [
    'process.roles=broker,controller',
    'node.id=1',
    `controller.quorum.voters=1@127.0.0.1:${controller}`,
    `listeners=PLAINTEXT://127.0.0.1:${port},CONTROLLER://127.0.0.1:${controller}`,
    'controller.listener.names=CONTROLLER',
    'offsets.topic.replication.factor=1',
    'transaction.state.log.replication.factor=1',
    'group.initial.rebalance.delay.ms=0',
    `log.dirs=${join(folder, 'log')}`,
  ].join('\n');
}

/** Answers with its address when it takes connections; it ends with the test. */
export async function startBroker(t: Test): Promise<string> {
  const folder = mkdtempSync(join(tmpdir(), 'tinct-kafka-'));
  const port = await freePort();
  const config = join(folder, 'server.properties');
  writeFileSync(config, await properties(folder, port));
  const java = (...args: string[]) => ['-Xmx512m', '-cp', join(LIB, '*'), ...args];
  const format = ['format', '--cluster-id', 'MkU3OEVBNTcwNTJENDM2Qk', '--config', config];
  spawnSync('java', java('kafka.tools.StorageTool', ...format), { stdio: 'ignore' });
  const child = spawn('java', java('kafka.Kafka', config), { stdio: ['ignore', 'ignore', 'pipe'] });
  t.teardown(async () => {
    child.kill('SIGKILL');
    if (child.exitCode === null && child.signalCode === null) await once(child, 'exit');
    rmSync(folder, { recursive: true, force: true });
  });
  for await (const line of createInterface({ input: child.stderr }))
    if (line.includes('Kafka Server started')) break;
  child.stderr.resume();
  return `127.0.0.1:${port}`;
}
