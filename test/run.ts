import { execFileSync } from 'node:child_process';

/**
 * Runs a program to its end and answers with what it printed; throws when it fails.
 *
 * By way of `env`, since tap puts NODE_OPTIONS into whatever a test spawns: its hooks break
 * extensionless ES modules such as TypeScript's own command.
 */
export function run(command: string, args: readonly string[], cwd: string): string {
  return execFileSync('env', ['-u', 'NODE_OPTIONS', command, ...args], {
    cwd,
    encoding: 'utf8',
    stdio: ['ignore', 'pipe', 'pipe'],
  });
}
