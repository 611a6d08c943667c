/** One match of a VirtualService as the conditions of a rule. */
import { type ConditionDocument, patternFault, type RuleDocument } from '@tinct/core';
import type { Manifest } from '../manifests/manifest.ts';
import type { HeaderMatch, HttpMatch, StringMatch } from '../manifests/virtual-service.ts';
import type { ImportDraft } from './draft.ts';

/** Whom a rule is for. Empty: everyone. */
export type Conditions = Pick<RuleDocument, 'users' | 'when'>;

/** Longer texts are not looked at by `matches`. */
const LONGEST = 1024;

/** The conditions that say the same; `undefined` (and a finding) when a plan cannot say it. */
export function conditionsOf(
  match: HttpMatch,
  manifest: Manifest,
  draft: ImportDraft,
): Conditions | undefined {
  const [other] = match.others;
  if (other !== undefined) {
    const why = `a plan decides by headers: \`${other}\` cannot be carried over, and the whole match is left out`;
    draft.report(manifest, 'TINCT_IMPORT_MATCH', why, [...match.path, other]);
    return undefined;
  }
  const users = match.headers.filter((one) => isUser(one, draft));
  const conditions = [
    ...match.headers.filter((one) => !users.includes(one)).map((one) => held(one, manifest, draft)),
    ...match.withoutHeaders.map((one) => notHeld(one, manifest, draft)),
  ];
  if (conditions.includes(undefined)) return undefined;
  for (const one of users) sayTrust(one, 'header', one.header, manifest, draft);
  const ids = users.flatMap(({ match: { kind, ...of } }) =>
    kind === 'exact' && 'value' in of ? [of.value] : [],
  );
  const all = conditions as ConditionDocument[];
  const [only, ...more] = all;
  return {
    ...(ids.length > 0 && { users: ids }),
    ...(only !== undefined && { when: more.length === 0 ? only : { all } }),
  };
}

function isUser({ header, match }: HeaderMatch, { identityHeader }: ImportDraft): boolean {
  return header === identityHeader && match.kind === 'exact' && match.value !== '';
}

function held(
  header: HeaderMatch,
  manifest: Manifest,
  draft: ImportDraft,
): ConditionDocument | undefined {
  const fault = faultOf(header);
  if (fault !== undefined) {
    draft.report(manifest, 'TINCT_IMPORT_MATCH', `${fault}: the match is left out`, header.path);
    return undefined;
  }
  const cookie = header.header === 'cookie' ? cookieOf(header.match) : undefined;
  if (cookie !== undefined) return cookieHeld(cookie, header, manifest, draft);
  sayTrust(header, 'header', header.header, manifest, draft);
  if (header.match.kind === 'regex') sayLength(header, manifest, draft);
  return comparison(draft.attribute('header', header.header), header.match);
}

/** What Envoy's inverted match says: true as well where there is no such header. */
function notHeld(
  header: HeaderMatch,
  manifest: Manifest,
  draft: ImportDraft,
): ConditionDocument | undefined {
  const condition = held(header, manifest, draft);
  if (condition?.attribute === undefined) return undefined;
  const { attribute } = condition;
  if (header.match.kind === 'present') return { attribute, exists: false };
  return { any: [{ attribute, exists: false }, { not: condition }] };
}

/** Why a match cannot be said in a plan. */
function faultOf({ header, match }: HeaderMatch): string | undefined {
  if (header.startsWith('x-tinct-')) return `\`${header}\` is Tinct's own header`;
  if (match.kind === 'malformed') return 'neither `exact`, `prefix` nor `regex` with a text';
  if (match.kind === 'present') return undefined;
  if (match.value === '') return `an empty \`${match.kind}\``;
  if (match.kind !== 'regex') return undefined;
  if (match.value.length > LONGEST) return `an expression of more than ${LONGEST} characters`;
  const fault = patternFault(match.value);
  return fault === undefined ? undefined : `an expression that RE2 refuses (${fault})`;
}

function comparison(attribute: string, match: StringMatch): ConditionDocument {
  if (match.kind === 'exact') return { attribute, equals: match.value };
  if (match.kind === 'prefix') return { attribute, startsWith: match.value };
  if (match.kind === 'regex') return { attribute, matches: match.value };
  return { attribute, exists: true };
}

interface Cookie {
  readonly name: string;
  readonly value: string;
}

/** The usual ways of writing “a cookie of this value” as an expression over the whole header. */
const COOKIE =
  /^\^?(?:\(\.\*\??;(?: |\\s\*|\[ \]\*)?\)\?|\.\*)\(?([\w-]+)=([\w-]+)\)?(?:\(;\.\*\)\?|\.\*)\$?$/;

function cookieOf(match: StringMatch): Cookie | undefined {
  const [, name, value] = match.kind === 'regex' ? (COOKIE.exec(match.value) ?? []) : [];
  return name === undefined || value === undefined ? undefined : { name, value };
}

function cookieHeld(
  { name, value }: Cookie,
  header: HeaderMatch,
  manifest: Manifest,
  draft: ImportDraft,
): ConditionDocument {
  sayTrust(header, 'cookie', name, manifest, draft);
  const what = `the expression is read as “the cookie \`${name}\` is \`${value}\`”, wherever it stands in the header`;
  draft.report(manifest, 'TINCT_IMPORT_COOKIE', what, header.path);
  return { attribute: draft.attribute('cookie', name), equals: value };
}

function sayTrust(
  { path }: HeaderMatch,
  kind: 'header' | 'cookie',
  name: string,
  manifest: Manifest,
  draft: ImportDraft,
): void {
  if (draft.trust === 'anyone') return;
  const message = `Istio believes anyone for the ${kind} \`${name}\`; the plan believes trusted hops only`;
  draft.reportOnce(manifest, 'TINCT_IMPORT_TRUST', message, path);
}

function sayLength({ header, path }: HeaderMatch, manifest: Manifest, draft: ImportDraft): void {
  if (header !== 'cookie') return;
  const message = `a plan's expression looks at no text of more than ${LONGEST} characters, and cookies may be longer`;
  const hint = 'ask for one cookie: an attribute with `cookie: NAME`, and `equals`';
  draft.report(manifest, 'TINCT_IMPORT_COOKIE', message, path, hint);
}
