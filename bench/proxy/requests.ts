/** The requests: as large as a browser's, of many users, nearly all of whom have been here before. */
import { Agent, type IncomingHttpHeaders, request } from 'node:http';

export const HOST = 'shop.example';
/** Of so many requests one comes from somebody new, without id and cookie. */
const ONE_NEW_IN = 20;
/** Of so many users one is on the allowlist. */
const ONE_VIP_IN = 20;
const VIPS = 1000;

const BROWSER: Readonly<Record<string, string>> = {
  'user-agent':
    'Mozilla/5.0 (X11; Linux x86_64) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/131.0.0.0 Safari/537.36',
  accept: 'text/html,application/xhtml+xml,application/xml;q=0.9,*/*;q=0.8',
  'accept-language': 'en-GB,en;q=0.9,de;q=0.8',
  'accept-encoding': 'gzip, deflate, br',
  'sec-fetch-site': 'same-origin',
  'sec-fetch-mode': 'navigate',
  'sec-fetch-dest': 'document',
  'upgrade-insecure-requests': '1',
};
const SESSION = 'session=8f14e45fceea167a5a36dedd4bea2543; theme=dark';

export interface User {
  readonly id: string;
  readonly isVip: boolean;
}

export function users(count: number): User[] {
  return Array.from({ length: count }, (_, i) => {
    const isVip = i % ONE_VIP_IN === 0;
    return { id: isVip ? `vip-${(i / ONE_VIP_IN) % VIPS}` : `user-${i}`, isVip };
  });
}

/** What came back for one request. */
export interface Answer {
  readonly status: number;
  readonly version: string;
  /** Name and value, as it would be sent back. */
  readonly cookie: string | undefined;
}

/** What a browser sends; without an id it is somebody new. */
export function headersOf(id: string | undefined, cookie: string | undefined) {
  return {
    host: HOST,
    ...BROWSER,
    cookie: cookie === undefined ? SESSION : `${SESSION}; ${cookie}`,
    ...(id === undefined ? {} : { 'x-user-id': id }),
    'x-request-id': '5c7e3a52-7d1b-4f0e-9d0a-1f0b8a1c2d3e',
  };
}

const cookieIn = ({ 'set-cookie': [first] = [] }: IncomingHttpHeaders): string | undefined =>
  first?.split(';', 1)[0];

/** One request; without an id it is somebody new. */
export function ask(
  port: number,
  agent: Agent,
  id: string | undefined,
  cookie?: string,
): Promise<Answer> {
  const { promise, resolve, reject } = Promise.withResolvers<Answer>();
  const options = { port, agent, host: '127.0.0.1', path: '/cart?from=mail' };
  const sent = request({ ...options, headers: headersOf(id, cookie) }, (res) => {
    const { statusCode: status = 0, headers } = res;
    const answer = { status, version: `${headers['x-version']}`, cookie: cookieIn(headers) };
    res.resume().on('end', () => resolve(answer));
  });
  sent.on('error', reject).end();
  return promise;
}

export const newAgent = (): Agent => new Agent({ keepAlive: true, maxSockets: 16 });

/** A request as it stands on the wire. */
export function textOf(headers: Readonly<Record<string, string>>): string {
  const lines = Object.entries(headers).map(([name, value]) => `${name}: ${value}\r\n`);
  return `GET /cart?from=mail HTTP/1.1\r\n${lines.join('')}\r\n`;
}

/** The requests of a run, as wrk sends them in turn. `cookies`: each user's, by id. */
export function requestsFile(all: readonly User[], cookies: ReadonlyMap<string, string>): string {
  const texts = all.map(({ id }, i) =>
    textOf(i % ONE_NEW_IN === 7 ? headersOf(undefined, undefined) : headersOf(id, cookies.get(id))),
  );
  return `${texts.join('\0')}\0`;
}
