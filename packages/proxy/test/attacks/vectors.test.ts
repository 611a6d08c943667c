/** The published vectors, through every way in: whoever asks, and however, the decision is the same. */
import { readFileSync } from 'node:fs';
import { createServer } from 'node:http';
import { join } from 'node:path';
import {
  type Decision,
  type DecisionContext,
  FingerprintBuilder,
  formatDecision,
  listKey,
  type Override,
} from '@tinct/core';
import {
  fromMemory,
  generateKey,
  type KeySet,
  macKeys,
  sealCookie,
  signOverride,
} from '@tinct/sdk';
import { exportJWK, generateKeyPair, type JWTPayload, SignJWT } from 'jose';
import t, { type Test } from 'tap';
import { listen, TextSource } from '../helpers.ts';
import { COOKIE } from '../visitor-helpers.ts';
import { each } from './each.ts';
import { FORMS, type Form, type Target } from './forms.ts';

interface Vector {
  readonly name: string;
  readonly plan: string;
  readonly release?: string;
  readonly host?: string;
  readonly path?: string;
  readonly context: DecisionContext;
  readonly unavailable?: readonly string[];
  readonly killed?: Readonly<Record<string, number>>;
  readonly decision?: Decision;
  readonly decisions?: readonly Decision[];
}

interface Vectors {
  readonly lists: Readonly<Record<string, string>>;
  readonly plans: Readonly<Record<string, object>>;
  readonly cases: readonly Vector[];
}

const FILE = join(import.meta.dirname, '../../../core/testdata/decide.json');
const { lists, plans, cases }: Vectors = JSON.parse(readFileSync(FILE, 'utf8'));

const keys: KeySet = { keys: [generateKey()] };
const DEBUG = 'a-token-of-the-operators';
const UNITS = ['user', 'anonymous', 'tenant'];
const NOW = 1_767_225_600_000;

const DAY = 86_400_000;

function unsignable({ release, expires }: Override, as: string, now: number): string | undefined {
  if (release !== as) return 'an override names its own release';
  if (expires <= now || expires > now + DAY)
    return 'a token that has ended, or never does, is refused before';
  return expires % 1000 === 0 ? undefined : 'a token ends with a whole second';
}

function unsendable({ host = 'a', path = '/' }: Vector): string | undefined {
  if (!/^[a-z0-9.:[\]-]+$/i.test(host)) return 'no Host';
  return path.startsWith('/') && !path.includes('#') ? undefined : 'no target of a request';
}

function unremembered({ memory = {} }: DecisionContext): string | undefined {
  return Object.values(memory).some((entries = []) => entries.length > 1)
    ? 'a cookie holds its entries by their age'
    : undefined;
}

/** Why a vector is none that a request could be. */
function unaskable(vector: Vector): string | undefined {
  const { context, unavailable } = vector;
  const overrides = Object.entries(context.overrides ?? {}) as [string, Override][];
  const [[as = '', override] = []] = overrides;
  const texts = Object.values(context.units ?? {}).map(String);
  if (unavailable !== undefined) return 'a plan whose list fails does not come into force';
  if (overrides.length > 1) return 'a browser holds one override';
  if (texts.includes('')) return 'a claim that is empty is refused before';
  if (texts.some((text) => text.length > 8000)) return 'longer than a head may be';
  return (
    unremembered(context) ??
    unsendable(vector) ??
    (override && unsignable(override, as, context.now))
  );
}

async function issuer(t: Test) {
  const { publicKey, privateKey } = await generateKeyPair('ES256', { extractable: true });
  const jwk = { ...(await exportJWK(publicKey)), kid: 'one', alg: 'ES256' };
  const url = await listen(
    t,
    createServer((_, res) => res.end(JSON.stringify({ keys: [jwk] }))),
  );
  const sign = (claims: JWTPayload) =>
    new SignJWT({ iss: 'https://id.example', exp: NOW / 1000 + 300, ...claims })
      .setProtectedHeader({ alg: 'ES256', kid: 'one' })
      .sign(privateKey);
  return { url, sign };
}

const typeOf = (value: unknown): string => (Array.isArray(value) ? 'list' : typeof value);

/** The vectors' plan, where every unit and attribute is a claim: what it says keeps its type. */
function planOf({ plan, context }: Vector, jwks: string): string {
  const identity = UNITS.map((unit) => {
    return { unit, jwt: { claim: `unit-${unit}`, issuer: 'https://id.example', jwks } };
  });
  const typed = Object.entries(context.attributes ?? {}).map(([name, value]) => {
    return [name, { claim: name, type: typeOf(value) }] as const;
  });
  const document = plans[plan] as { attributes?: object };
  const attributes = { ...document.attributes, ...Object.fromEntries(typed) };
  return JSON.stringify({ ...document, attributes, identity });
}

const loadedLists = new Map(
  Object.entries(lists).map(([sha256, text]) => {
    const builder = new FingerprintBuilder(sha256);
    for (const id of text.split('\n').slice(0, -1)) builder.add(id);
    return [listKey({ sha256, format: 'text', column: undefined }), builder.build()] as const;
  }),
);

async function cookiesOf({ memory, overrides = {} }: DecisionContext): Promise<string[]> {
  const [override] = Object.values(overrides) as Override[];
  const pairs: string[] = [];
  if (memory !== undefined) {
    const content = {
      id: undefined,
      last: [],
      revision: 1,
      expires: NOW / 1000 + 1000,
      memory: fromMemory(memory),
    };
    pairs.push(`${COOKIE}=${sealCookie(content, COOKIE, macKeys(keys))}`);
  }
  if (override !== undefined) {
    const { token } = await signOverride(override, keys, override.expires - 1000);
    pairs.push(`${COOKIE}-override=${token}`);
  }
  return pairs.length === 0 ? [] : ['cookie', pairs.join('; ')];
}

const carriedOf = ({ carried = {} }: DecisionContext): string[] => {
  const members = Object.entries(carried).map(([release, decision]) =>
    formatDecision({ ...decision, release, rule: -1 } as Decision),
  );
  return members.length === 0 ? [] : ['x-tinct-decision', members.join(', ')];
};

function claimsOf({ units = {}, attributes = {} }: DecisionContext): JWTPayload {
  const named = Object.entries(units).map(([unit, key]) => [`unit-${unit}`, key]);
  return { ...attributes, ...Object.fromEntries(named) };
}

/** Release → how it was decided, by the edge's own word to those who hold the debug token. */
async function explained(
  target: Target,
  vector: Vector,
  token: string,
): Promise<Map<string, string>> {
  const { context, host = 'shop.example', path = '/' } = vector;
  const headers = ['host', host, 'authorization', `Bearer ${token}`, 'x-tinct-debug', DEBUG];
  const more = [...carriedOf(context), ...(await cookiesOf(context))];
  const told = await target.ask({ path, headers: [...headers, ...more] });
  const said = told.headers.find(([name]) => name.toLowerCase() === 'x-tinct-explain')?.[1] ?? '';
  const members = said === '' ? [] : said.split(', ');
  return new Map(members.map((member) => [member.slice(0, member.indexOf('=')), member]));
}

/** What a decision is, as the explanation says it. */
const shown = (decision: Decision): string => `${formatDecision(decision)};rule=${decision.rule}`;

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
    keys,
    now: () => NOW,
    debugToken: DEBUG,
    trustedForDecisions: ['127.0.0.0/8'],
    tokens: { waitMs: 10_000 },
    loadLists: async () => loadedLists,
    ...(killed === undefined ? {} : { killed: new Map(Object.entries(killed)) }),
  });
}

let asked = 0;

for (const name of Object.keys(plans))
  each(`decide.json, on the plan ${name}`, async (t, form) => {
    const { url, sign } = await issuer(t);
    const targets = new Map<string, Promise<Target>>();
    const unasked = new Map<string, number>();
    for (const vector of cases.filter(({ plan }) => plan === name)) {
      const text = planOf(vector, `${url}/`);
      const key = JSON.stringify([text, vector.killed]);
      const target = targets.get(key) ?? targetFor(t, form, text, vector.killed);
      targets.set(key, target);
      const isInForce = (await target).plan.status().inForce !== undefined;
      const reason =
        unaskable(vector) ?? (isInForce ? undefined : 'a plan that means another type is refused');
      if (reason !== undefined) unasked.set(reason, (unasked.get(reason) ?? 0) + 1);
      else {
        await holds(t, await target, vector, await sign(claimsOf(vector.context)));
        asked += 1;
      }
    }
    for (const [reason, count] of unasked) t.comment(`${count} not asked: ${reason}`);
  });

t.teardown(() =>
  t.comment(`${asked} decisions asked for, of ${cases.length} vectors × ${FORMS.length} forms`),
);
