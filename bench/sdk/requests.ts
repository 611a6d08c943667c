/** Requests as the edge sends them on: a browser's, with the user's id and the color of the user's decision. */
import { request } from 'node:http';
import { type Colored, colorsOf } from '@tinct/sdk';
import { headersOf, textOf, type User } from '../proxy/requests.ts';

/** Of so many users that are on no list one is a canary. */
const ONE_CANARY_IN = 10;

function decisionOf({ isVip }: User, i: number): Colored {
  const about = { release: 'shop', revision: 1, epoch: 1 };
  if (isVip) return { ...about, variant: 'v2', reason: 'TARGETING_MATCH', arm: 'other' };
  if (i % ONE_CANARY_IN === 7) return { ...about, variant: 'v2', reason: 'SPLIT', arm: 'canary' };
  const arm = i % ONE_CANARY_IN === 8 ? 'control' : 'other';
  return { ...about, variant: 'v1', reason: 'SPLIT', arm };
}

function coloredHeaders(user: User, i: number): Record<string, string> {
  const { headers, baggage } = colorsOf([decisionOf(user, i)], new Map());
  const pairs = headers.map((name, at) => [name, headers[at + 1] ?? '']);
  const colors = Object.fromEntries(pairs.filter((_, at) => at % 2 === 0));
  return { ...headersOf(user.id, undefined), ...colors, baggage: baggage.join(',') };
}

/** For wrk. */
export const requestsFile = (users: readonly User[]): string =>
  `${users.map((user, i) => textOf(coloredHeaders(user, i))).join('\0')}\0`;

/** What a user is greeted with, and what the request carried. */
export async function greeting(port: number, user: User, i: number) {
  const { promise, resolve, reject } = Promise.withResolvers<string>();
  const headers = coloredHeaders(user, i);
  request({ port, host: '127.0.0.1', path: '/cart?from=mail', headers }, async (res) =>
    resolve((await res.toArray()).join('')),
  )
    .on('error', reject)
    .end();
  const { hello } = JSON.parse(await promise) as { hello: string };
  return { hello, carried: headers['x-tinct-shop'] };
}
