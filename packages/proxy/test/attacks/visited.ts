/** Visitors with cookies, in front of any form. */
import type { OutgoingHttpHeaders } from 'node:http';
import { generateKey, type KeySet, macKeys, type OpenedCookie, openCookie } from '@tinct/sdk';
import type { Test } from 'tap';
import { type Seen, TextSource } from '../helpers.ts';
import { Clock, COOKIE, cookieOf, type VisitedPlan, visitedPlan } from '../visitor-helpers.ts';
import type { Form, FormOptions, Target } from './forms.ts';

export interface Visited {
  readonly target: Target;
  readonly source: TextSource;
  readonly keys: KeySet;
  readonly clock: Clock;
}

/** A form that signs cookies. */
export async function visit(
  t: Test,
  form: Form,
  plan: VisitedPlan = {},
  options: FormOptions = {},
): Promise<Visited> {
  const source = new TextSource(visitedPlan(plan));
  const keys = options.keys ?? { keys: [generateKey()] };
  const clock = new Clock();
  const target = await form.start(t, { plan: source, keys, now: clock.now, ...options });
  return { target, source, keys, clock };
}

export interface Answered {
  readonly status: number;
  /** Several values of a name are joined. */
  readonly headers: Readonly<Record<string, string>>;
  readonly setCookies: string[];
  /** What the service saw; nothing when the request was not sent on. */
  readonly seen: Seen;
}

const flat = (headers: OutgoingHttpHeaders): string[] =>
  Object.entries(headers).flatMap(([name, value]) =>
    [value ?? []].flat().flatMap((one) => [name, `${one}`]),
  );

/** Asks with these headers and no others. */
export async function ask(
  { target }: Pick<Visited, 'target'>,
  headers: OutgoingHttpHeaders = {},
  path = '/',
  method = 'GET',
): Promise<Answered> {
  const told = await target.ask({ method, path, headers: flat(headers) });
  const byName: Record<string, string> = {};
  for (const [name, value] of told.headers) {
    const lower = name.toLowerCase();
    byName[lower] = byName[lower] === undefined ? value : `${byName[lower]}, ${value}`;
  }
  const cookies = told.headers.filter(([name]) => name.toLowerCase() === 'set-cookie');
  return {
    status: told.status,
    headers: byName,
    setCookies: cookies.map(([, value]) => value),
    seen: told.seen ?? ({} as Seen),
  };
}

export function openedOf(
  { keys, clock }: Visited,
  answered: Pick<Answered, 'setCookies'>,
): OpenedCookie {
  const opened = openCookie(cookieOf(answered), COOKIE, macKeys(keys), clock.now());
  if (typeof opened === 'string') throw new Error(opened);
  return opened;
}
