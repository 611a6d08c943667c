/** `pnpm bench proxy`. */
import { parseArgs } from 'node:util';
import { proxyBench } from './bench.ts';
import { bodies } from './more/bodies.ts';
import { idle } from './more/idle.ts';
import { metrics } from './more/metrics.ts';
import { releases } from './more/releases.ts';
import { rivals } from './more/rivals.ts';
import { scrapes } from './more/scrape.ts';
import { printResult, type Result, type Setting } from './more/setting.ts';
import { soak } from './more/soak.ts';
import { sse } from './more/sse.ts';
import { tls } from './more/tls.ts';
import { websocket } from './more/websocket.ts';
import { printText } from './report.ts';
import { within } from './within.ts';

const MORE: Readonly<Record<string, (setting: Setting) => Promise<Result>>> = {
  tls,
  websocket,
  sse,
  bodies,
  idle,
  releases,
  scrape: scrapes,
  metrics,
  rivals,
  soak,
};

export const USAGE = `pnpm bench proxy [${Object.keys(MORE).join(' | ')}] [options]

  --quick            fewer and shorter rounds
  --json             the results as JSON
  --rounds N         how often each contestant has its turn (5)
  --seconds N        how long a turn takes (5)
  --warm-up N        requests that come first and do not count (100000)
  --users N          how many users there are (2000)
  --connections N    how many connections are kept busy (64)
  --idle N           idle connections that are held (5000)
  --minutes N        how long the heap is watched (1)
  --only A,B         those contestants only whose names have this in them
`;

const OPTIONS = {
  quick: { type: 'boolean', default: false },
  json: { type: 'boolean', default: false },
  rounds: { type: 'string' },
  seconds: { type: 'string' },
  'warm-up': { type: 'string', default: '100000' },
  users: { type: 'string', default: '2000' },
  connections: { type: 'string', default: '64' },
  idle: { type: 'string', default: '5000' },
  minutes: { type: 'string', default: '1' },
  only: { type: 'string' },
} as const;

type Values = ReturnType<typeof valuesOf>['values'];

const valuesOf = (args: string[]) => parseArgs({ args, allowPositionals: true, options: OPTIONS });

const json = (value: unknown): string => `${JSON.stringify(value, undefined, 2)}\n`;

export async function main(args: string[]): Promise<string> {
  const { values, positionals } = valuesOf(args);
  const [name] = positionals;
  if (name === undefined) return usual(values);
  const more = MORE[name];
  if (more === undefined) throw new Error(`there is no \`proxy ${name}\`:\n${USAGE}`);
  const setting = {
    ...timesOf(values),
    idle: Number(values.idle),
    minutes: Number(values.minutes),
  };
  const result = await within((folder, processes) => more({ ...setting, folder, processes }));
  return values.json ? json(result) : printResult(result);
}

function timesOf({ quick, rounds, seconds, 'warm-up': warmUp }: Values) {
  return {
    rounds: Number(rounds ?? (quick ? 2 : 5)),
    seconds: Number(seconds ?? (quick ? 2 : 5)),
    warmUp: Number(warmUp),
    progress: (what: string) => void process.stderr.write(`${what} …\n`),
  };
}

async function usual(values: Values): Promise<string> {
  const options = {
    ...timesOf(values),
    users: Number(values.users),
    connections: Number(values.connections),
    only: values.only?.split(','),
  };
  const report = await within((folder, processes) => proxyBench(folder, options, processes));
  return values.json ? json(report) : printText(report);
}
