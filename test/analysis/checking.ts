/** `tinct check` in memory, as JSON. */
import { Readable, Writable } from 'node:stream';
import { run } from '../../packages/cli/src/run.ts';

interface Counts {
  readonly requests: number;
  readonly errors: number;
}

export interface Checked {
  readonly status: number;
  readonly report: {
    readonly verdict: string;
    readonly reasons: readonly string[];
    readonly restarts: number;
    readonly settings: {
      readonly level: string;
      readonly assumedDesign: number;
      readonly baseline?: string;
    };
    readonly arms: Readonly<Record<'canary' | 'control', Counts>>;
  };
}

export async function check(prometheus: string, ...more: string[]): Promise<Checked> {
  const chunks: string[] = [];
  const sink = () =>
    new Writable({
      decodeStrings: false,
      write(chunk, _, done) {
        chunks.push(String(chunk));
        done();
      },
    });
  const line = [
    'check',
    'my-service',
    '--prometheus',
    prometheus,
    '--output',
    'json',
    '--bake',
    '5s',
  ];
  const status = await run({
    argv: [...line, ...more],
    env: {},
    stdin: Readable.from([]),
    stdout: sink(),
    stderr: new Writable({ write: (_chunk, _encoding, done) => done() }),
    signal: new AbortController().signal,
    now: Date.now,
    cwd: '/nonexistent',
  });
  return { status, report: JSON.parse(chunks.join('')) };
}
