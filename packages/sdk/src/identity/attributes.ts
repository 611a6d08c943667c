import type { AttributeSource, AttributeType, AttributeValue } from '@tinct/core';
import { type HeaderValues, headerText } from './headers.ts';
import { type Carrier, read, valuesOf } from './source.ts';

export type Attributes = Readonly<Record<string, AttributeValue>>;

/** Reads a request's attributes. `trusted`: whether its peer is one of the trusted hops. */
export type ReadAttributes = (
  headers: HeaderValues,
  trusted: boolean,
  claims?: Readonly<Record<string, unknown>>,
) => Attributes;

type CarriedSource = Carrier & { readonly type: AttributeType };

const NO_ATTRIBUTES: Attributes = Object.freeze(Object.create(null));

const NUMBER = /^-?\d+(\.\d+)?([eE][-+]?\d+)?$/;

function toNumber(text: string): number | undefined {
  const value = NUMBER.test(text) ? Number(text) : Number.NaN;
  return Number.isFinite(value) ? value : undefined;
}

function toBoolean(text: string): boolean | undefined {
  return text === 'true' ? true : text === 'false' ? false : undefined;
}

/** Comma-separated, over all lines of the header: the one type that several values do not confuse. */
function readList(
  source: Carrier,
  headers: HeaderValues,
  trusted: boolean,
): readonly string[] | undefined {
  const values = valuesOf(source, headers, trusted).map(headerText);
  if (values.length === 0 || values.includes(undefined)) return undefined;
  const members = values
    .flatMap((value) => (value ?? '').split(','))
    .map((member) => member.trim());
  return members.filter((member) => member !== '');
}

/** A value that does not fit its type is missing. */
function readValue(
  source: CarriedSource,
  headers: HeaderValues,
  trusted: boolean,
): AttributeValue | undefined {
  if (source.type === 'list') return readList(source, headers, trusted);
  const reading = read(source, headers, trusted);
  if (reading.kind !== 'value') return undefined;
  if (source.type === 'number') return toNumber(reading.value);
  return source.type === 'boolean' ? toBoolean(reading.value) : reading.value;
}

/** A claim has its type already: nothing is converted, and one of another type is missing. */
function readClaim(
  { name, type }: Extract<AttributeSource, { kind: 'claim' }>,
  claims: Readonly<Record<string, unknown>>,
): AttributeValue | undefined {
  const value = Object.hasOwn(claims, name) ? claims[name] : undefined;
  if (type !== 'list') return typeof value === type ? (value as AttributeValue) : undefined;
  const isList = Array.isArray(value) && value.every((member) => typeof member === 'string');
  return isList ? (value as string[]) : undefined;
}

/** `claims`: those of the verified token, if the request has one. */
export function attributeReader(
  declared: Readonly<Record<string, AttributeSource>>,
): ReadAttributes {
  const sources = Object.entries(declared);
  if (sources.length === 0) return () => NO_ATTRIBUTES;
  return (headers, trusted, claims = {}) => {
    const attributes: Record<string, AttributeValue> = Object.create(null);
    for (const [name, source] of sources) {
      const value =
        source.kind === 'claim' ? readClaim(source, claims) : readValue(source, headers, trusted);
      if (value !== undefined) attributes[name] = value;
    }
    return attributes;
  };
}
