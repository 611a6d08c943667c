/** What an analyser tells those who ask: metrics, health, and verdicts. It changes nothing for anybody. */
import { createServer, type IncomingMessage } from 'node:http';
import type { AddressInfo } from 'node:net';
import { CONTENT_TYPES, expositionText, formatFor, TinctError } from '@tinct/core/watching';
import { Guard, Problem } from '@tinct/proxy';
import { closed, listening } from '../../io/listen.ts';
import { jsonText } from '../../text/json.ts';
import type { Analyser } from './analyser.ts';
import { analysisFamilies } from './families.ts';

export interface ServerOptions {
  readonly host: string;
  /** 0: any that is free. */
  readonly port: number;
  /** Names that Host may have, beside addresses and localhost. */
  readonly names: readonly string[];
}

export interface AnalysisServer {
  readonly url: string;
  close(): Promise<void>;
}

interface Answer {
  readonly status: number;
  readonly type: string;
  readonly body: string;
}

const JSON_TYPE = 'application/json; charset=utf-8';

/** Rejects with a TinctError where it cannot listen. */
export async function serveAnalyser(
  analyser: Analyser,
  { host, port, names }: ServerOptions,
): Promise<AnalysisServer> {
  const guard = new Guard(undefined, names);
  const server = createServer((request, response) => {
    const { status, type, body } = answerTo(request, analyser, guard);
    response
      .writeHead(status, {
        'content-type': type,
        'cache-control': 'no-store',
        'x-content-type-options': 'nosniff',
      })
      .end(request.method === 'HEAD' ? undefined : body);
  });
  await listening(server, port, host).catch((cause: NodeJS.ErrnoException) => {
    throw new TinctError('TINCT_ANALYSIS_ADDRESS', `${host}:${port}: ${cause.code}`, { cause });
  });
  const { port: taken } = server.address() as AddressInfo;
  return {
    url: `http://${host.includes(':') ? `[${host}]` : host}:${taken}`,
    close: () => closed(server),
  };
}

function answerTo(request: IncomingMessage, analyser: Analyser, guard: Guard): Answer {
  try {
    guard.check({ authorization: undefined, host: request.headers.host }, false);
    if (request.method !== 'GET' && request.method !== 'HEAD')
      throw new Problem('TINCT_ADMIN_ROUTE_UNKNOWN', 'Only GET and HEAD are answered.');
    return routed(new URL(request.url ?? '/', 'http://analyser').pathname, request, analyser);
  } catch (error) {
    const problem = error instanceof Problem ? error : new Problem('TINCT_ADMIN_REQUEST_MALFORMED');
    const { status, body } = problem;
    return { status, type: 'application/problem+json', body: jsonText(body) };
  }
}

function routed(path: string, { headers }: IncomingMessage, analyser: Analyser): Answer {
  if (path === '/metrics') {
    const format = formatFor(headers.accept);
    const body = expositionText(analysisFamilies(analyser.releases), format);
    return { status: 200, type: CONTENT_TYPES[format], body };
  }
  if (path === '/healthz') return health(analyser.isAlive);
  if (path === '/readyz') return health(analyser.isReady);
  const [, name] = /^\/verdict\/([a-z0-9-]{1,40})$/.exec(path) ?? [];
  if (name === undefined) throw new Problem('TINCT_ADMIN_ROUTE_UNKNOWN');
  const report = analyser.release(name)?.report;
  if (report === undefined)
    throw new Problem('TINCT_PLAN_RELEASE_UNKNOWN', `\`${name}\` is not analysed here.`);
  return { status: 200, type: JSON_TYPE, body: jsonText({ release: name, ...report }) };
}

const health = (isFine: boolean): Answer => ({
  status: isFine ? 200 : 503,
  type: JSON_TYPE,
  body: jsonText({ status: isFine ? 'ok' : 'not yet' }),
});
