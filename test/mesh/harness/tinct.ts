/** Tinct as its users run it: the command, and the edge as a process. */
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { text } from 'node:stream/consumers';
import { ROOT } from '../parts/parts.ts';
import { type Child, until } from './child.ts';
import type { Mesh } from './mesh.ts';
import { sumOf } from './metrics.ts';

export const MAIN = join(ROOT, 'packages/cli/src/main.ts');
/** What the admin servers of all edges here ask for. */
export const ADMIN_TOKEN = 'a-token-for-the-mesh';
const ENVIRONMENT = { TINCT_ADMIN_TOKEN: ADMIN_TOKEN, NO_COLOR: '1' };

export interface TinctResult {
  readonly status: number | null;
  readonly out: string;
  readonly err: string;
}

/** `tinct ARGS…`, to its end. */
export async function tinct(cwd: string, ...args: readonly string[]): Promise<TinctResult> {
  const env = { ...process.env, ...ENVIRONMENT };
  const child = spawn(process.execPath, [MAIN, ...args], {
    cwd,
    env,
    stdio: ['ignore', 'pipe', 'pipe'],
  });
  const [out, err, [status]] = await Promise.all([
    text(child.stdout),
    text(child.stderr),
    once(child, 'exit') as Promise<[number | null]>,
  ]);
  return { status, out, err };
}

/** {@link tinct}, which must end well. @returns what it printed. */
export async function tinctDoes(cwd: string, ...args: readonly string[]): Promise<string> {
  const { status, out, err } = await tinct(cwd, ...args);
  if (status !== 0) throw new Error(`tinct ${args.join(' ')} ended with ${status}:\n${out}${err}`);
  return out;
}

/** A folder of the mesh with these files. */
export function folderOf(
  mesh: Mesh,
  name: string,
  files: Readonly<Record<string, string>>,
): string {
  const folder = join(mesh.folder, name);
  mkdirSync(folder);
  for (const [file, content] of Object.entries(files)) writeFileSync(join(folder, file), content);
  return folder;
}

export interface EdgeProcess {
  readonly url: string;
  readonly admin: string;
  readonly child: Child;
  /** Of the plan in force. */
  revision(): Promise<number>;
  metric(name: string, ...labels: readonly string[]): Promise<number>;
}

let started = 0;

/** `tinct proxy`, believing loopback for who the user is, that sends everything to `upstream`. */
export async function startEdge(
  mesh: Mesh,
  { upstream, plan, flags = [] }: { upstream: string; plan?: string; flags?: readonly string[] },
): Promise<EdgeProcess> {
  started += 1;
  const args = [
    ...['--upstream', upstream, '--listen-port', '0', '--admin-port', '0'],
    ...['--trusted-hops', '127.0.0.0/8'],
    ...(plan === undefined ? [] : ['--plan-file', plan]),
    ...flags,
  ];
  const child = mesh.children.start(`edge-${started}`, process.execPath, [MAIN, 'proxy', ...args], {
    env: ENVIRONMENT,
  });
  const where = (message: string) =>
    until(message, () => urlIn(child.said, message), { alive: [child] });
  const [url, admin] = [await where('the edge listens'), await where('the admin server listens')];
  const metric = async (name: string, ...labels: readonly string[]) =>
    sumOf(await (await fetch(`${admin}/metrics`)).text(), name, ...labels);
  return { url, admin, child, metric, revision: () => metric('tinct_plan_revision') };
}

/** Out of a log line with this message. */
function urlIn(log: string, message: string): string | undefined {
  const line = log.split('\n').find((each) => each.includes(`"${message}"`));
  return line === undefined ? undefined : (JSON.parse(line)['url.full'] as string);
}
