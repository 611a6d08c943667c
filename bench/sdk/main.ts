/** `pnpm bench sdk`. */
import { parseArgs } from 'node:util';
import { within } from '../proxy/within.ts';
import { hasWrk } from '../proxy/wrk.ts';
import { sdkBench } from './bench.ts';
import { heapBench } from './heap.ts';
import { printText } from './report.ts';

export const USAGE = `pnpm bench sdk [options]

  --heap             instead: the heap over a million requests, or --requests N
  --json             the results as JSON
  --pairs N          in how many pairs of fresh processes each is measured (8)
  --seconds N        how long a pair is measured (4)
  --warm-up N        requests to each that come first and do not count (40000)
  --connections N    how many connections to each are kept busy (32)
  --only A,B         those rows only that have this in "framework: mode"
`;

const OPTIONS = {
  heap: { type: 'boolean', default: false },
  requests: { type: 'string', default: '1000000' },
  json: { type: 'boolean', default: false },
  pairs: { type: 'string', default: '8' },
  seconds: { type: 'string', default: '4' },
  'warm-up': { type: 'string', default: '40000' },
  connections: { type: 'string', default: '32' },
  only: { type: 'string' },
} as const;

/** `Fastify 5: carry, metrics` is one name. */
const NEXT_NAME = /,(?! )/;

export async function main(args: string[]): Promise<string> {
  const { values } = parseArgs({ args, options: OPTIONS });
  if (!hasWrk()) throw new Error('wrk is not installed: there is no load');
  if (values.heap)
    return `${await within((folder, processes) => heapBench(folder, Number(values.requests), processes))}\n`;
  const options = {
    pairs: Number(values.pairs),
    seconds: Number(values.seconds),
    warmUp: Number(values['warm-up']),
    connections: Number(values.connections),
    only: values.only?.split(NEXT_NAME),
    progress: (what: string) => void process.stderr.write(`${what} …\n`),
  };
  const report = await within((folder, processes) => sdkBench(folder, options, processes));
  return values.json ? `${JSON.stringify(report, undefined, 2)}\n` : printText(report);
}
