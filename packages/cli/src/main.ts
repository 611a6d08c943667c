#!/usr/bin/env node
/** The only place that touches the process. */
import process from 'node:process';
import { run } from './run.ts';

const interruption = new AbortController();
// Once: a second signal ends the process at once, whatever it waits for.
for (const name of ['SIGINT', 'SIGTERM'] as const)
  process.once(name, () => interruption.abort(name));

void run({
  argv: process.argv.slice(2),
  env: process.env,
  stdin: process.stdin,
  stdout: process.stdout,
  stderr: process.stderr,
  signal: interruption.signal,
  now: Date.now,
  cwd: process.cwd(),
  onHangup(listener) {
    process.on('SIGHUP', listener);
    return () => void process.off('SIGHUP', listener);
  },
}).then((status) => process.exit(status));
