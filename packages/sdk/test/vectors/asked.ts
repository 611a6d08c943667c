/** The published vectors (`decide.json`) as requests: what is a unit or an attribute there is a signed claim here. */
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import {
  type Decision,
  type DecisionContext,
  FingerprintBuilder,
  formatDecision,
  type IdList,
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
import type { JWTPayload } from 'jose';
import type { DecideCase, DecideVectors } from '../../../core/test/cases/decisions.ts';
import { ISSUER } from '../jwt/issuer.ts';

export type Vector = DecideCase;

const FILE = join(import.meta.dirname, '../../../core/testdata/decide.json');
const { lists, plans, cases }: DecideVectors = JSON.parse(readFileSync(FILE, 'utf8'));

export { cases as VECTORS };

export const PLANS: readonly string[] = Object.keys(plans);

/** What signs cookies and overrides. */
export const KEYS: KeySet = { keys: [generateKey()] };

/** What all vectors call now. */
export const NOW = 1_767_225_600_000;

const COOKIE = '__Host-tinct';
const UNITS = ['user', 'anonymous', 'tenant'];
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
export function unaskable(vector: Vector): string | undefined {
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

const typeOf = (value: unknown): string => (Array.isArray(value) ? 'list' : typeof value);

/** The vector's plan, where every unit and attribute is a claim: what it says keeps its type. */
export function planOf({ plan, context }: Vector, jwks: string): string {
  const identity = UNITS.map((unit) => {
    return { unit, jwt: { claim: `unit-${unit}`, issuer: ISSUER, jwks } };
  });
  const typed = Object.entries(context.attributes ?? {}).map(([name, value]) => {
    return [name, { claim: name, type: typeOf(value) }] as const;
  });
  const document = plans[plan] as { attributes?: object };
  const attributes = { ...document.attributes, ...Object.fromEntries(typed) };
  return JSON.stringify({ ...document, attributes, identity });
}

/** The lists that the plans name, as a plan store loads them. */
export const LOADED: ReadonlyMap<string, IdList> = new Map(
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
    pairs.push(`${COOKIE}=${sealCookie(content, COOKIE, macKeys(KEYS))}`);
  }
  if (override !== undefined) {
    const { token } = await signOverride(override, KEYS, override.expires - 1000);
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

/** What the token says that a request bears. */
export function claimsOf({ context: { units = {}, attributes = {} } }: Vector): JWTPayload {
  const named = Object.entries(units).map(([unit, key]) => [`unit-${unit}`, key]);
  return { ...attributes, ...Object.fromEntries(named) };
}

/** The request's headers, names and values in turn, and its path. */
export async function requestOf(
  { context, host = 'shop.example', path = '/' }: Vector,
  token: string,
): Promise<{ readonly path: string; readonly headers: readonly string[] }> {
  const headers = ['host', host, 'authorization', `Bearer ${token}`];
  return { path, headers: [...headers, ...carriedOf(context), ...(await cookiesOf(context))] };
}
