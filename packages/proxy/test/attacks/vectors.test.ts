/** The published vectors, through every way in: whoever asks, and however, the decision is the same. */
import { type Decision, formatDecision } from '@tinct/core';
import t, { type Test } from 'tap';
import { startIssuer } from '../../../sdk/test/jwt/issuer.ts';
import {
  claimsOf,
  KEYS,
  LOADED,
  NOW,
  PLANS,
  planOf,
  requestOf,
  unaskable,
  VECTORS,
  type Vector,
} from '../../../sdk/test/vectors/asked.ts';
import { TextSource } from '../helpers.ts';
import { each } from './each.ts';
import { FORMS, type Form, type Target } from './forms.ts';

const DEBUG = 'a-token-of-the-operators';

/** Release → how it was decided, by the edge's own word to those who hold the debug token. */
async function explained(
  target: Target,
  vector: Vector,
  token: string,
): Promise<Map<string, string>> {
  const { path, headers } = await requestOf(vector, token);
  const told = await target.ask({ path, headers: [...headers, 'x-tinct-debug', DEBUG] });
  const said = told.headers.find(([name]) => name.toLowerCase() === 'x-tinct-explain')?.[1] ?? '';
  const members = said === '' ? [] : said.split(', ');
  return new Map(members.map((member) => [member.slice(0, member.indexOf('=')), member]));
}

/** What a decision is, as the explanation says it. */
const shown = (decision: NonNullable<Vector['decision']>): string =>
  `${formatDecision(decision as Decision)};rule=${decision.rule}`;

/** The explanation without what only it knows: the bucket, the unit's type, a carried decision's detail. */
const comparable = (member = 'none'): string =>
  member.replace(/;(?:bucket|unit|detail)=[^;]*/g, '');

async function holds(t: Test, target: Target, vector: Vector, token: string): Promise<void> {
  const { release, decision, decisions = [] } = vector;
  const got = await explained(target, vector, token);
  if (release !== undefined && decision !== undefined)
    return void t.equal(comparable(got.get(release)), shown(decision), vector.name);
  const expected = decisions.map(shown);
  t.same([...got.values()].map(comparable), expected, vector.name);
}

async function targetFor(
  t: Test,
  form: Form,
  text: string,
  killed: Vector['killed'],
): Promise<Target> {
  return form.start(t, {
    plan: new TextSource(text),
    keys: KEYS,
    now: () => NOW,
    debugToken: DEBUG,
    trustedForDecisions: ['127.0.0.0/8'],
    tokens: { waitMs: 10_000 },
    loadLists: async () => LOADED,
    ...(killed === undefined ? {} : { killed: new Map(Object.entries(killed)) }),
  });
}

let asked = 0;

for (const name of PLANS)
  each(`decide.json, on the plan ${name}`, async (t, form) => {
    const { url, sign } = await startIssuer(t);
    const targets = new Map<string, Promise<Target>>();
    const unasked = new Map<string, number>();
    for (const vector of VECTORS.filter(({ plan }) => plan === name)) {
      const text = planOf(vector, url);
      const key = JSON.stringify([text, vector.killed]);
      const target = targets.get(key) ?? targetFor(t, form, text, vector.killed);
      targets.set(key, target);
      const isInForce = (await target).plan.status().inForce !== undefined;
      const reason =
        unaskable(vector) ?? (isInForce ? undefined : 'a plan that means another type is refused');
      if (reason !== undefined) unasked.set(reason, (unasked.get(reason) ?? 0) + 1);
      else {
        await holds(t, await target, vector, await sign(claimsOf(vector)));
        asked += 1;
      }
    }
    for (const [reason, count] of unasked) t.comment(`${count} not asked: ${reason}`);
  });

t.teardown(() =>
  t.comment(`${asked} decisions asked for, of ${VECTORS.length} vectors × ${FORMS.length} forms`),
);
