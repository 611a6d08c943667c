/** The header `x-tinct-decision`: all of a request's decisions as one RFC 9651 dictionary. */
import { REASONS, type Reason } from '../decide/reason.ts';
import type { Arm, CarriedDecision } from '../decide/types.ts';
import { LABEL } from '../plan/patterns.ts';
import { type BareItem, type Member, parseDictionary } from './structured.ts';

/** The header's name. */
export const DECISION_HEADER = 'x-tinct-decision';

/** RFC 9651 integers end here; revisions and epochs may be larger and are then strings of digits. */
const MAX_INTEGER = 999_999_999_999_999;
const DIGITS = /^[1-9]\d{0,15}$/;
const KNOWN_REASONS: ReadonlySet<string> = new Set(REASONS);
const ARMS: ReadonlySet<string> = new Set<Arm>(['canary', 'control', 'other']);

/** A key begins with a letter or `*`, a release's name may begin with a digit: that one gets a `*` in front. */
const keyOf = (release: string): string => (/^\d/.test(release) ? `*${release}` : release);

const formatCounter = (n: number): string => (n > MAX_INTEGER ? `"${n}"` : `${n}`);

/** What of a decision travels, with its release. Every `Decision` is one. */
export type NamedDecision = CarriedDecision & { readonly release: string };

/** One decision as a dictionary member: `my-service="v2";rev=12;epoch=1;reason=SPLIT;arm=canary`. */
export function formatDecision(decision: NamedDecision): string {
  const { release, variant, revision, epoch, reason, arm } = decision;
  const counters = `rev=${formatCounter(revision)};epoch=${formatCounter(epoch)}`;
  return `${keyOf(release)}="${variant}";${counters};reason=${reason};arm=${arm}`;
}

/** All decisions of a request as one header value. */
export function formatDecisions(decisions: Iterable<NamedDecision>): string {
  return [...decisions].map(formatDecision).join(', ');
}

function releaseOf(key: string): string | undefined {
  const release = key.startsWith('*') ? key.slice(1) : key;
  return LABEL.test(release) && keyOf(release) === key ? release : undefined;
}

function readCounter(item: BareItem | undefined): number | undefined {
  if (item?.type === 'integer') return item.value > 0 ? item.value : undefined;
  if (item?.type !== 'string' || !DIGITS.test(item.value)) return undefined;
  const n = Number(item.value);
  return Number.isSafeInteger(n) ? n : undefined;
}

function readToken(item: BareItem | undefined, known: ReadonlySet<string>): string | undefined {
  return item?.type === 'token' && known.has(item.value) ? item.value : undefined;
}

function readDecision({ item, params }: Member): CarriedDecision | undefined {
  if (item.type !== 'string' || !LABEL.test(item.value)) return undefined;
  const revision = readCounter(params.get('rev'));
  const epoch = readCounter(params.get('epoch'));
  const reason = readToken(params.get('reason'), KNOWN_REASONS);
  const arm = readToken(params.get('arm'), ARMS);
  if (!revision || !epoch || !reason || !arm) return undefined;
  return { variant: item.value, revision, epoch, reason: reason as Reason, arm: arm as Arm };
}

/**
 * Release → decision, for `DecisionContext.carried`. A member that is not a whole decision is left out, whatever
 * else it says is ignored; `undefined` if the text is no dictionary at all. Whether its sender is believed is
 * the caller's to know.
 */
export function parseDecisions(text: string): Record<string, CarriedDecision> | undefined {
  const members = parseDictionary(text);
  if (members === undefined) return undefined;
  const carried: Record<string, CarriedDecision> = Object.create(null);
  for (const [key, member] of members) {
    const release = releaseOf(key);
    const decision = release === undefined ? undefined : readDecision(member);
    if (release !== undefined && decision !== undefined) carried[release] = decision;
  }
  return carried;
}
