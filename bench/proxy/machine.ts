/** What this machine has: cores, and the parts that are no packages. */
import { existsSync } from 'node:fs';
import { availableParallelism } from 'node:os';
import { delimiter, join } from 'node:path';

/** The first core is for the load and the services, the second for the proxy that is measured. */
export type Core = 'others' | 'measured';

const FOLDERS = [...(process.env['PATH'] ?? '').split(delimiter), '/usr/sbin', '/sbin'];

/** Where a program is, if it is installed. */
export function program(name: string): string | undefined {
  return FOLDERS.map((folder) => join(folder, name)).find((path) => existsSync(path));
}

/** Where nginx keeps its modules, if Lua is among them. */
export function luaModules(): string | undefined {
  const folders = ['/usr/lib/nginx/modules', '/usr/lib64/nginx/modules', '/etc/nginx/modules'];
  return folders.find((folder) => existsSync(join(folder, 'ngx_http_lua_module.so')));
}

/** A command that stays on a core; with one core, or without taskset, it runs where it may. */
export function pinned(command: readonly string[], core: Core): readonly string[] {
  const taskset = program('taskset');
  if (taskset === undefined || availableParallelism() < 2) return command;
  return [taskset, '-c', core === 'others' ? '0' : '1', ...command];
}
