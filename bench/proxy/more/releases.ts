/** One release against a thousand, of which one applies to the request. */
import { grouped } from '../../table.ts';
import { drive } from '../wrk.ts';
import {
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

export async function releases(setting: Setting): Promise<Result> {
  const { proxies } = await proxiesOf(setting, await originOf(setting), {
    '1 release': tinctWith(),
    '1,000 releases': tinctWith({}, 999),
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
  const all = [...costs].map(([{ name }, each]) => ({ name, ms: cpuPer(each, 1000) }));
  return {
    title: 'Processor time per 1,000 requests',
    head: ['plan', 'CPU ms', 'ratio'],
    rows: all.map(({ name, ms }) => [name, grouped(ms, 1), grouped(ms / (all[0]?.ms ?? ms), 2)]),
  };
}
