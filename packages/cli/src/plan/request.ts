/** What a request on the command line says: the same readers as at the edge, and where each unit came from. */
import {
  type AttributeSource,
  type AttributeValue,
  type DecisionContext,
  type IdentitySource,
  type Plan,
  TinctError,
} from '@tinct/core';
import {
  attributeReader,
  cookieValues,
  type HeaderValues,
  identityReader,
  rawHeaderValues,
} from '@tinct/sdk';
import type { Pair } from '../frame/kinds.ts';
import { nearest } from '../frame/names.ts';
import { misfit } from '../frame/options.ts';

export interface GivenRequest {
  readonly headers: readonly Pair[];
  readonly cookies: readonly Pair[];
  readonly attributes: readonly Pair[];
  readonly units: readonly Pair[];
  /** Whether the request comes from a hop that the plan's sources trust. */
  readonly trusted: boolean;
  readonly now: number;
}

/** One identity source and what the request says through it. */
export interface SourceReading {
  readonly unit: string;
  /** `header user-id`. */
  readonly source: string;
  readonly outcome: 'value' | 'missing' | 'several' | 'untrusted' | 'unread' | 'not-needed';
  readonly value?: string;
}

export interface ReadRequest {
  readonly context: DecisionContext;
  readonly identity: readonly SourceReading[];
}

/** Reads a request by the plan's sources. Throws a TinctError for what the plan does not declare. */
export function readRequest(plan: Plan, given: GivenRequest): ReadRequest {
  const headers = headerValues(given);
  const units = {
    ...identityReader(plan.identity)(headers, given.trusted),
    ...Object.fromEntries(given.units.map((pair) => declaredUnit(pair, plan))),
  };
  const attributes = {
    ...attributeReader(plan.attributes)(headers, given.trusted),
    ...givenAttributes(given.attributes, plan),
  };
  return {
    context: { units, attributes, now: given.now },
    identity: readings(plan, headers, given),
  };
}

/** Servers hand header bytes over as Latin-1, so that is how the readers want them. */
const asSent = (text: string): string => Buffer.from(text, 'utf8').toString('latin1');

function headerValues({ headers, cookies }: GivenRequest): HeaderValues {
  const pairs = cookies.map(([name, value]) => `${name}=${value}`);
  const cookie: Pair[] = pairs.length === 0 ? [] : [['cookie', pairs.join('; ')]];
  return rawHeaderValues([...headers, ...cookie].flatMap(([name, value]) => [name, asSent(value)]));
}

/** The unit types that anything in the plan speaks of. */
function unitTypes(plan: Plan): Set<string> {
  return new Set([
    ...plan.identity.map(({ unit }) => unit),
    ...Object.values(plan.releases).flatMap(({ units }) => units),
    ...Object.values(plan.cohorts).flatMap((cohort) => (cohort.kind === 'when' ? [] : cohort.unit)),
  ]);
}

/** Throws unless the plan speaks of the unit type. */
export function checkUnitType(type: string, plan: Plan): void {
  const known = [...unitTypes(plan)];
  if (known.includes(type)) return;
  throw new TinctError('TINCT_PLAN_UNIT_UNKNOWN', `the plan has no unit type \`${type}\``, {
    hint: hintFor(type, known),
  });
}

function declaredUnit(pair: Pair, plan: Plan): Pair {
  const [type, key] = pair;
  checkUnitType(type, plan);
  if (key === '') throw misfit('--unit', `${type}=`, 'NAME=VALUE with a value');
  return pair;
}

function hintFor(given: string, known: readonly string[]): string {
  const near = nearest(given, known);
  return near === undefined
    ? `known here: ${known.join(', ') || 'none'}`
    : `did you mean \`${near}\`?`;
}

/** Attributes given by name, read as the plan declares them. */
export function givenAttributes(
  pairs: readonly Pair[],
  plan: Plan,
): Record<string, AttributeValue> {
  return Object.fromEntries(pairs.map((pair) => [pair[0], givenAttribute(pair, plan)]));
}

function givenAttribute([name, text]: Pair, { attributes }: Plan): AttributeValue {
  const declared = Object.hasOwn(attributes, name) ? attributes[name] : undefined;
  if (declared === undefined)
    throw new TinctError('TINCT_PLAN_ATTRIBUTE_UNKNOWN', `the plan has no attribute \`${name}\``, {
      hint: hintFor(name, Object.keys(attributes)),
    });
  const value = readAs(declared, text);
  if (value === undefined)
    throw misfit(`--attr ${name}`, text, `a ${declared.type}, and not empty`);
  return value;
}

/** As the edge would read it from a header. */
function readAs({ type }: AttributeSource, text: string): AttributeValue | undefined {
  const source = { kind: 'header', name: 'value', type, trust: 'anyone' } as const;
  return attributeReader({ value: source })(rawHeaderValues(['value', asSent(text)]), true)[
    'value'
  ];
}

function readings(
  { identity }: Plan,
  headers: HeaderValues,
  { units, trusted }: GivenRequest,
): SourceReading[] {
  const told = units.map(
    ([unit, value]): SourceReading => ({ unit, source: '--unit', outcome: 'value', value }),
  );
  const settled = new Set(units.map(([unit]) => unit));
  const read = identity.map((source): SourceReading => {
    const { unit } = source;
    const about = { unit, source: sourceText(source) };
    if (settled.has(unit)) return { ...about, outcome: 'not-needed' };
    const reading = readingOf(source, headers, trusted);
    if (reading.outcome === 'value' || reading.outcome === 'several') settled.add(unit);
    return { ...about, ...reading };
  });
  return [...told, ...read];
}

/** `header user-id`, `JWT claim sub`, `issued by Tinct`. */
export function sourceText(source: IdentitySource): string {
  if (source.kind === 'jwt') return `JWT claim ${source.claim}`;
  return source.kind === 'issued' ? 'issued by Tinct' : `${source.kind} ${source.name}`;
}

function readingOf(
  source: IdentitySource,
  headers: HeaderValues,
  trusted: boolean,
): Pick<SourceReading, 'outcome' | 'value'> {
  if (source.kind === 'jwt' || source.kind === 'issued') return { outcome: 'unread' };
  const { kind, name, trust, unit } = source;
  const count = (kind === 'header' ? headers(name) : cookieValues(headers, name)).length;
  if (count === 0) return { outcome: 'missing' };
  if (trust === 'hops' && !trusted) return { outcome: 'untrusted' };
  if (count > 1) return { outcome: 'several' };
  const value = identityReader([source])(headers, trusted)[unit];
  return value === undefined ? { outcome: 'missing' } : { outcome: 'value', value };
}
