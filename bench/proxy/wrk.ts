/** The load: wrk, one thread, on the core of the others. */
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { join } from 'node:path';
import { pinned, program } from './machine.ts';

const SCRIPT = join(import.meta.dirname, 'parts/requests.lua');

export interface Load {
  readonly url: string;
  /** A file of requests, each with a NUL byte behind it. */
  readonly requests: string;
  readonly connections: number;
  readonly seconds: number;
}

export interface Driven {
  readonly requests: number;
  /** Microseconds that the run took. */
  readonly us: number;
  /** Answers from 400 on. */
  readonly failed: number;
  /** Connections that could not be made or did not last. */
  readonly broken: number;
  /** Microseconds. */
  readonly p50: number;
  readonly p99: number;
}

/** Runs a program to its end. Rejects with what it said when it failed. */
export async function output([file = '', ...args]: readonly string[]): Promise<string> {
  const child = spawn(file, args, { stdio: ['ignore', 'pipe', 'pipe'] });
  let said = '';
  for (const stream of [child.stdout, child.stderr])
    stream.on('data', (chunk: Buffer) => {
      said += chunk;
    });
  const [code] = await once(child, 'close');
  if (code !== 0) throw new Error(`${file} ended with ${code}:\n${said}`);
  return said;
}

export const hasWrk = (): boolean => program('wrk') !== undefined;

/** Drives as hard as it can. Throws unless every request was answered well. */
export async function drive({ url, requests, connections, seconds }: Load): Promise<Driven> {
  // A machine that others use too may stall for longer than wrk waits by itself (2 s): that is no broken connection.
  const options = [
    '-t1',
    `-c${connections}`,
    `-d${seconds}s`,
    '--timeout',
    '20s',
    '--latency',
    '-s',
    SCRIPT,
  ];
  const said = await output(pinned(['wrk', ...options, url, '--', requests], 'others'));
  const [, result] = /^RESULT (.*)$/m.exec(said) ?? [];
  if (result === undefined) throw new Error(`wrk says no result:\n${said}`);
  const driven: Driven = JSON.parse(result);
  if (driven.failed > 0 || driven.broken > 0)
    throw new Error(`${url}: ${driven.failed} failed, ${driven.broken} broken connections`);
  return driven;
}
