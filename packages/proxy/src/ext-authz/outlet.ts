/** How an ext_authz server ends a request: the gateway is told what to do with it. */
import type { Decision } from '@tinct/core';
import type { Answer } from '../answer/answer.ts';
import { EXPLAIN_HEADER } from '../answer/answer.ts';
import { answerTo } from '../answer/refusal-answer.ts';
import type { Outlet } from '../pipeline.ts';
import { changesOf } from './changes.ts';
import type { Check, DecisionNote, Denied, Header, ResponseHeader } from './check.ts';

/** Caches that obey these before Cache-Control would keep what is private. */
const TARGETED: readonly Header[] = [
  ['cdn-cache-control', 'private'],
  ['cloudflare-cdn-cache-control', 'private'],
  ['surrogate-control', 'no-store'],
  ['x-accel-expires', '0'],
];

const pairs = (raw: readonly string[]): Header[] =>
  raw.flatMap((name, i): Header[] => (i % 2 === 0 ? [[name, raw[i + 1] ?? '']] : []));

function markings({ marking, vary }: Answer): ResponseHeader[] {
  if (marking === 'none') return [];
  if (marking === 'vary') return [{ header: ['vary', vary.join(', ')], how: 'add' }];
  // Of several directives caches obey the strictest (RFC 9111, 4.2.1): what the service says need not go.
  return [
    { header: ['cache-control', 'private'], how: 'add' },
    ...TARGETED.map((header) => ({ header, how: 'replace' }) as const),
  ];
}

function responseHeaders(answer: Answer): ResponseHeader[] {
  const { setCookie, explain } = answer;
  return [
    ...markings(answer),
    ...(setCookie === undefined
      ? []
      : [{ header: ['set-cookie', setCookie], how: 'add' } as const]),
    ...(explain === undefined ? [] : [{ header: [EXPLAIN_HEADER, explain], how: 'set' } as const]),
  ];
}

const notesOf = (decisions: readonly Decision[]): Readonly<Record<string, DecisionNote>> =>
  Object.fromEntries(
    decisions.map(({ release, variant, reason, revision }) => [
      release,
      { variant, reason, revision },
    ]),
  );

const denied = (status: number, headers: readonly string[], body = ''): Denied => {
  // The gateway frames its answer itself.
  const said = pairs(headers).filter(([name]) => name !== 'content-length');
  return { kind: 'denied', status, headers: said, body };
};

export const checkOutlet: Outlet<Check> = {
  refuse(check, given) {
    // The gateway puts it into gRPC's words itself, where gRPC asked.
    const told = given.as(check.statusFor(given.status));
    const { status, headers, body } = answerTo(told, { ...check.req, httpVersion: '1.1' });
    check.answer(denied(status, headers, body));
  },
  redirect(check, { headers }) {
    check.answer(denied(303, headers));
  },
  forward(check, { request, decisions }, answer, done) {
    check.answer({
      kind: 'allowed',
      changes: changesOf(check.req.rawHeaders, request, check.trusted),
      response: responseHeaders(answer),
      decisions: notesOf(decisions),
    });
    done({ status: 200, fault: undefined, ms: check.elapsed(), isSeen: false });
  },
};
