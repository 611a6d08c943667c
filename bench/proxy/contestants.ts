/** Who is measured: how each is started, and what it needs that may not be there. */
import { mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { luaModules, program } from './machine.ts';
import type { Place } from './place.ts';
import { tinctCommand } from './tinct.ts';

export interface Contestant {
  readonly name: string;
  /** `full`: it decides, signs and records; `floor`: what a Node process costs that does less. */
  readonly work: 'full' | 'floor';
  /** How many times as many users as the others have. */
  readonly timesUsers?: number;
  /** Writes what it needs and says how it is started; a text says why it can't be here. */
  command(place: Place): readonly string[] | string;
}

const PARTS = join(import.meta.dirname, 'parts');
const rivals = join(import.meta.dirname, 'rivals');

/** Fills in the places of a configuration and writes it. */
export function written(name: string, values: Readonly<Record<string, string | number>>): string {
  const text = readFileSync(join(PARTS, name), 'utf8');
  const filled = text.replace(/\{\{(\w+)\}\}/g, (_, key: string) => `${values[key] ?? ''}`);
  const file = join(`${values['folder']}`, name);
  writeFileSync(file, filled);
  return file;
}

const node =
  (name: string): Contestant['command'] =>
  ({ port, v1, v2 }) => [process.execPath, join(rivals, `${name}.ts`), `${port}`, `${v1}`, `${v2}`];

function nginxLua(place: Place): readonly string[] | string {
  const [nginx, modules] = [program('nginx'), luaModules()];
  if (nginx === undefined) return 'nginx is not installed';
  if (modules === undefined) return 'nginx has no Lua module (libnginx-mod-http-lua)';
  const file = written('nginx-lua.conf', { ...place, modules, parts: PARTS });
  return [nginx, '-c', file, '-p', place.folder];
}

function haproxy(place: Place): readonly string[] | string {
  const found = program('haproxy');
  if (found === undefined) return 'haproxy is not installed';
  const allowed = Array.from({ length: 1000 }, (_, i) => `vip-${i}\n`);
  writeFileSync(join(place.folder, 'allowlist'), allowed.join(''));
  return [found, '-db', '-f', written('haproxy.cfg', { ...place })];
}

/** The service behind all of them; undefined without nginx. */
export function originCommand(place: Omit<Place, 'port'>): readonly string[] | undefined {
  const nginx = program('nginx');
  if (nginx === undefined) return undefined;
  mkdirSync(join(place.folder, 'files'), { recursive: true });
  const body = 'x'.repeat(1024);
  return [nginx, '-c', written('origin.conf', { ...place, body }), '-p', place.folder];
}

export const CONTESTANTS: readonly Contestant[] = [
  { name: 'tinct', work: 'full', command: tinctCommand },
  // Whose cookies it knows, in part: there is more to remember, and to look up.
  { name: 'tinct, 10 times the users', work: 'full', command: tinctCommand, timesUsers: 10 },
  { name: 'nginx + Lua', work: 'full', command: nginxLua },
  { name: 'HAProxy', work: 'full', command: haproxy },
  { name: '@fastify/http-proxy', work: 'full', command: node('fastify-http-proxy') },
  { name: 'fast-proxy', work: 'full', command: node('fast-proxy') },
  { name: 'http-proxy-3', work: 'full', command: node('http-proxy-3') },
  { name: 'node:http hello', work: 'floor', command: node('hello') },
  { name: 'TCP relay in Node', work: 'floor', command: node('relay') },
];
