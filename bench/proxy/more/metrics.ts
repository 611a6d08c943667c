/** What counting costs: an edge that counts everything beside one that counts nothing of releases. */
import { median } from '../../decide/measure.ts';
import { grouped } from '../../table.ts';
import { drive } from '../wrk.ts';
import {
  type Cost,
  costOf,
  cpuPer,
  type Hop,
  inTurns,
  originOf,
  proxiesOf,
  type Result,
  requestsFor,
  type Setting,
  tinctWith,
} from './setting.ts';

const GOAL = 1.03;

const perThousand = ({ cpuMs, count }: Cost): number => (cpuMs * 1000) / count;

function quartiles(all: readonly number[]): readonly [number, number] {
  const sorted = [...all].sort((a, b) => a - b);
  const at = (share: number) => sorted[Math.floor(share * (sorted.length - 1))] ?? Number.NaN;
  return [at(0.25), at(0.75)];
}

export async function metrics(setting: Setting): Promise<Result> {
  const { proxies } = await proxiesOf(setting, await originOf(setting), {
    'metrics: edge': tinctWith({ metrics: 'edge' }),
    'metrics: all': tinctWith({ metrics: 'all' }),
  });
  const files = new Map<Hop, string>();
  for (const proxy of proxies) files.set(proxy, await requestsFor(proxy));
  const costs = await inTurns(proxies, setting, (proxy) =>
    costOf(proxy.program, async () => {
      const url = `http://127.0.0.1:${proxy.port}`;
      const load = { url, requests: files.get(proxy) ?? '', connections: 64 };
      return (await drive({ ...load, seconds: setting.seconds })).requests;
    }),
  );
  const [off = [], on = []] = [...costs.values()].map((each) => each.map(perThousand));
  const ratios = on.map((ms, round) => ms / (off[round] ?? ms));
  const [low, high] = quartiles(ratios);
  const ratio = median(ratios);
  return {
    title: 'Processor time per 1,000 requests',
    head: ['counted', 'CPU ms', 'least', 'most'],
    rows: [...costs].map(([{ name }, each]) => {
      const all = each.map(perThousand);
      return [
        name,
        grouped(cpuPer(each, 1000), 1),
        grouped(Math.min(...all), 1),
        grouped(Math.max(...all), 1),
      ];
    }),
    notes: [
      `Round by round: ${grouped(ratio, 3)} times; the middle half of ${ratios.length} from ${grouped(low, 3)} to ${grouped(high, 3)}. Goal: at most ${GOAL}: ${ratio <= GOAL ? 'yes' : 'NO'}.`,
    ],
  };
}
