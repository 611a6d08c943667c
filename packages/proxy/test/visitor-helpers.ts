import { once } from 'node:events';
import {
  type IncomingHttpHeaders,
  type IncomingMessage,
  type OutgoingHttpHeaders,
  request,
} from 'node:http';
import { text } from 'node:stream/consumers';
import { generateKey, type KeySet, macKeys, type OpenedCookie, openCookie } from '@tinct/sdk';
import type { Test } from 'tap';
import type { Edge, EdgeOptions } from '../src/index.ts';
import { type Seen, TextSource, twoVersions } from './helpers.ts';

export const COOKIE = '__Host-tinct';
export const NOW = Date.parse('2026-03-01T12:00:00Z');
export const HOUR = 3_600_000;

/** A clock that a test moves. */
export class Clock {
  ms = NOW;
  readonly now = (): number => this.ms;
}

export interface VisitedPlan {
  readonly revision?: number;
  readonly percent?: number;
  readonly epoch?: number;
  readonly more?: string;
  readonly identity?: string;
  readonly rules?: string;
  readonly memory?: string;
}

const IDENTITY = '{ unit: user, header: user-id }, { unit: anonymous, issued: {} }';

/** Half of everyone gets v2, and whoever got it keeps it. */
export function visitedPlan({
  revision = 1,
  percent = 100,
  epoch = 1,
  more = '',
  identity = IDENTITY,
  rules = `{ percent: ${percent}, variant: v2 }`,
  memory = 'memory: { maxAge: 30d, continuity: true }',
}: VisitedPlan = {}): string {
  return `apiVersion: tinct.dev/v1
kind: Plan
metadata: { name: shop, revision: ${revision} }
identity: [${identity}]
releases:
  my-service:
    stable: v1
    epoch: ${epoch}
    ${memory}
    services: { my-service: { host: my-service, subsets: { v1: { version: v1 }, v2: { version: v2 } } } }
    rules: [${rules}]
${more}`;
}

export interface Visited {
  readonly edge: Edge;
  readonly source: TextSource;
  readonly keys: KeySet;
  readonly clock: Clock;
}

/** An edge that signs cookies. */
export async function visitedEdge(
  t: Test,
  plan: VisitedPlan = {},
  options: Partial<EdgeOptions> = {},
): Promise<Visited> {
  const source = new TextSource(visitedPlan(plan));
  const keys = options.keys ?? { keys: [generateKey()] };
  const clock = new Clock();
  const edge = await twoVersions(t, { plan: source, keys, now: clock.now, ...options });
  return { edge, source, keys, clock };
}

export interface Answered {
  readonly status: number;
  readonly headers: IncomingHttpHeaders;
  readonly setCookies: string[];
  /** What the service saw; nothing when the edge answered. */
  readonly seen: Seen;
}

/** Asks with these headers and no others; Node's `fetch` would say by `Sec-Fetch-Mode` that it is a script. */
export async function ask(
  { edge }: Pick<Visited, 'edge'>,
  headers: OutgoingHttpHeaders = {},
  path = '/',
): Promise<Answered> {
  const { host, port } = edge.address;
  const asking = request({ host, port, path, headers, agent: false }).end();
  const [response] = (await once(asking, 'response')) as [IncomingMessage];
  const body = await text(response);
  return {
    status: response.statusCode ?? 0,
    headers: response.headers,
    setCookies: response.headers['set-cookie'] ?? [],
    seen: (body.startsWith('{"version"') ? JSON.parse(body) : {}) as Seen,
  };
}

/** What a browser sends when somebody goes to a page. */
export const NAVIGATION = { accept: 'text/html,application/xhtml+xml' };

/** A `Set-Cookie`'s name and value, as the next request sends it. */
export const pairOf = ([line = '']: readonly string[]): string => line.split(';')[0] ?? '';

export const cookieOf = (answered: Pick<Answered, 'setCookies'>): string =>
  pairOf(answered.setCookies).slice(COOKIE.length + 1);

export function openedOf({ keys, clock }: Visited, answered: Answered): OpenedCookie {
  const opened = openCookie(cookieOf(answered), COOKIE, macKeys(keys), clock.now());
  if (typeof opened === 'string') throw new Error(opened);
  return opened;
}
