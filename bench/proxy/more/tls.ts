/** The same requests in the clear and by TLS, by HTTP/1.1 (wrk) and HTTP/2 (h2load). */
import { execFileSync } from 'node:child_process';
import { join } from 'node:path';
import { grouped } from '../../table.ts';
import { pinned, program } from '../machine.ts';
import { drive, output } from '../wrk.ts';
import {
  costOf,
  cpuPer,
  type Hop,
  inTurns,
  originOf,
  perSecond,
  proxiesOf,
  type Result,
  requestsFor,
  type Setting,
  tinctWith,
} from './setting.ts';

const CONNECTIONS = 64;

function certificateIn(folder: string) {
  const [cert, key] = [join(folder, 'cert.pem'), join(folder, 'key.pem')];
  const made = ['-newkey', 'ec', '-pkeyopt', 'ec_paramgen_curve:prime256v1', '-nodes'];
  const named = ['-subj', '/CN=shop.example', '-addext', 'subjectAltName=DNS:shop.example'];
  const out = ['-keyout', key, '-out', cert, '-days', '2'];
  execFileSync('openssl', ['req', '-x509', ...made, ...named, ...out], { stdio: 'ignore' });
  return { cert, key };
}

/** `succeeded` of h2load: every request must be. */
async function h2load(url: string, seconds: number): Promise<number> {
  const headers = ['-H', 'x-user-id: user-1', '-H', ':authority: shop.example'];
  const load = ['-c', `${CONNECTIONS}`, '-m', '1', '-D', `${seconds}`, ...headers];
  const said = await output(pinned(['h2load', ...load, `${url}/cart?from=mail`], 'others'));
  const [, done = '0'] = /(\d+) succeeded/.exec(said) ?? [];
  const [, failed = '1'] = /(\d+) failed/.exec(said) ?? [];
  if (Number(failed) > 0 || !/status codes: \d+ 2xx, 0 3xx, 0 4xx, 0 5xx/.test(said))
    throw new Error(`h2load: ${said}`);
  return Number(done);
}

export async function tls(setting: Setting): Promise<Result> {
  const certificates = [certificateIn(setting.folder)];
  const { proxies } = await proxiesOf(setting, await originOf(setting), {
    clear: tinctWith(),
    TLS: tinctWith({ tls: { certificates } }),
  });
  const [clear, secure] = proxies as [Hop, Hop];
  const requests = await requestsFor(clear);
  const { seconds } = setting;
  const wrk = async (url: string) =>
    (await drive({ url, requests, connections: CONNECTIONS, seconds })).requests;
  const hasH2load = program('h2load') !== undefined;
  const ways = [
    { name: 'HTTP/1.1', proxy: clear, load: () => wrk(`http://127.0.0.1:${clear.port}`) },
    { name: 'HTTP/1.1, TLS', proxy: secure, load: () => wrk(`https://127.0.0.1:${secure.port}`) },
    ...(hasH2load
      ? [
          {
            name: 'HTTP/2',
            proxy: clear,
            load: () => h2load(`http://127.0.0.1:${clear.port}`, seconds),
          },
          {
            name: 'HTTP/2, TLS',
            proxy: secure,
            load: () => h2load(`https://127.0.0.1:${secure.port}`, seconds),
          },
        ]
      : []),
  ];
  const costs = await inTurns(ways, setting, ({ proxy, load }) => costOf(proxy.program, load));
  const all = [...costs].map(([{ name }, each]) => ({
    name,
    ms: cpuPer(each, 1000),
    rps: perSecond(each),
  }));
  return {
    title: 'Processor time per 1,000 requests, 64 connections that stay',
    head: ['from clients', 'CPU ms', '÷ HTTP/1.1', 'req/s'],
    rows: all.map(({ name, ms, rps }) => [
      name,
      grouped(ms, 1),
      grouped(ms / (all[0]?.ms ?? ms), 2),
      grouped(rps),
    ]),
    notes: hasH2load ? [] : ['without HTTP/2: h2load is not installed'],
  };
}
