/** Whether one match takes all that another would. When in doubt: no. */
import { isRecord, patternFault, valueAt, wholeMatch } from '@tinct/core';
import type {
  HeaderMatch,
  HttpMatch,
  HttpRoute,
  StringMatch,
} from '../manifests/virtual-service.ts';

const EVERYTHING: HttpMatch = {
  path: [],
  uri: undefined,
  headers: [],
  withoutHeaders: [],
  others: [],
  value: {},
};

/** What a route matches: one match that asks nothing where it has none. */
export const matchesOf = ({ matches }: HttpRoute): readonly HttpMatch[] =>
  matches.length === 0 ? [EVERYTHING] : matches;

/** Whether a match asks nothing, so that every request takes it. */
export const isCatchAll = (match: HttpMatch): boolean => covers(match, EVERYTHING);

/** Whether every request that `later` matches is matched by `earlier`. */
export function covers(earlier: HttpMatch, later: HttpMatch): boolean {
  return (
    coversPath(earlier.uri, later.uri) &&
    earlier.headers.every((asked) => later.headers.some((given) => coversHeader(asked, given))) &&
    earlier.withoutHeaders.every((asked) =>
      later.withoutHeaders.some((given) => coversHeader(given, asked)),
    ) &&
    earlier.others.every((key) =>
      isSame(valueAt(earlier.value, [key]), valueAt(later.value, [key])),
    )
  );
}

function coversPath(asked: StringMatch | undefined, given: StringMatch | undefined): boolean {
  if (asked === undefined || (asked.kind === 'prefix' && asked.value === '/')) return true;
  return given !== undefined && coversText(asked, given);
}

const coversHeader = (asked: HeaderMatch, given: HeaderMatch): boolean =>
  asked.header === given.header && coversText(asked.match, given.match);

function coversText(asked: StringMatch, given: StringMatch): boolean {
  if (asked.kind === 'present') return given.kind !== 'malformed';
  if (asked.kind === 'malformed' || given.kind === 'malformed' || given.kind === 'present')
    return false;
  if (asked.kind === given.kind && asked.value === given.value) return true;
  if (given.kind === 'exact') return textHolds(asked, given.value);
  return asked.kind === 'prefix' && given.kind === 'prefix' && given.value.startsWith(asked.value);
}

/** Whether a value satisfies a match. */
export function textHolds(match: StringMatch, value: string): boolean {
  if (match.kind === 'present') return true;
  if (match.kind === 'malformed') return false;
  if (match.kind === 'exact') return value === match.value;
  if (match.kind === 'prefix') return value.startsWith(match.value);
  return patternFault(match.value) === undefined && wholeMatch(match.value)(value);
}

/** Whether two plain values are the same, whatever the order of their keys. */
export function isSame(a: unknown, b: unknown): boolean {
  if (!isRecord(a) || !isRecord(b)) return JSON.stringify(a) === JSON.stringify(b);
  const keys = new Set([...Object.keys(a), ...Object.keys(b)]);
  return [...keys].every((key) => isSame(a[key], b[key]));
}
