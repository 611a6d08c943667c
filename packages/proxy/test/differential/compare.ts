/** What a proxy made of an exchange, aspect by aspect, and where two of them made something else of it. */
import { CASE_HEADER } from './case.ts';
import type { Answered } from './client.ts';
import { type Field, type Head, type Message, valuesIn } from './wire.ts';

/** What came of one exchange through one proxy. */
export interface Observed {
  /** What the service got; nothing if the proxy answered by itself. */
  readonly got: Message | undefined;
  readonly answered: Answered | undefined;
}

export const REQUEST_ASPECTS = [
  'method',
  'target',
  'headers',
  'te',
  'expect',
  'body',
  'framing',
  'trailers',
] as const;
export const ANSWER_ASPECTS = [
  'status',
  'reason',
  'answer headers',
  'answer body',
  'answer trailers',
  'answer is whole',
  'hints',
] as const;
export type Aspect =
  | 'reaches the service'
  | (typeof REQUEST_ASPECTS)[number]
  | (typeof ANSWER_ASPECTS)[number];

export type Aspects = ReadonlyMap<Aspect, string>;

/** What each hop writes for itself: which connection, and how a body ends on it (an aspect of its own). */
const OF_THE_HOP: ReadonlySet<string> = new Set([
  'connection',
  'keep-alive',
  'transfer-encoding',
  CASE_HEADER.toLowerCase(),
]);

/** Aspects of their own. */
const APART: ReadonlySet<string> = new Set(['te', 'expect', 'content-length']);

/** Where each stands among the others is each proxy's own. */
const PLACELESS: ReadonlySet<string> = new Set(['host', 'content-length', 'content-type']);

/** The fields as text, in their order, without those that `isOwn` takes for the proxy's. */
function fieldsText(fields: readonly Field[], isOwn: (lower: string) => boolean): string {
  const kept = fields.filter(
    ([name]) => !OF_THE_HOP.has(name.toLowerCase()) && !isOwn(name.toLowerCase()),
  );
  const [placeless, placed] = [true, false].map((wanted) =>
    kept.filter(([name]) => PLACELESS.has(name.toLowerCase()) === wanted),
  );
  const text = ([name, value]: Field) => `${name}: ${value}`;
  const byName = ([a]: Field, [b]: Field) => (a.toLowerCase() < b.toLowerCase() ? -1 : 1);
  return [
    ...(placeless ?? []).toSorted(byName).map(text).map(lowerNames),
    ...(placed ?? []).map(text),
  ].join('\n');
}

const nothing = () => false;
const all = (heads: readonly Head[]): string =>
  heads.map(({ start, fields }) => `${start}\n${fieldsText(fields, nothing)}`).join('\n\n');

export interface Own {
  /** Headers that the proxy adds to requests and to answers, in lower case. */
  readonly request: ReadonlySet<string>;
  readonly answer: ReadonlySet<string>;
}

function requestAspects(got: Message, own: Own): [Aspect, string][] {
  const [method = '', target = ''] = got.start.split(' ');
  return [
    ['method', method],
    ['target', target],
    ['headers', fieldsText(got.fields, (name) => own.request.has(name) || APART.has(name))],
    ['te', valuesIn(got, 'te').join()],
    ['expect', valuesIn(got, 'expect').join()],
    ['body', `${got.whole} ${got.body}`],
    ['framing', `${got.framing} ${valuesIn(got, 'content-length')}`],
    ['trailers', fieldsText(got.trailers, nothing)],
  ];
}

function answerAspects(
  { hints, answer }: Answered,
  isOwn: (name: string) => boolean,
): [Aspect, string][] {
  const [, status = '', ...reason] = answer?.start.split(' ') ?? [];
  return [
    ['status', status],
    ['reason', reason.join(' ')],
    ['answer headers', fieldsText(answer?.fields ?? [], isOwn)],
    ['answer body', answer?.body ?? ''],
    ['answer trailers', fieldsText(answer?.trailers ?? [], nothing)],
    ['answer is whole', `${answer?.whole}`],
    ['hints', all(hints)],
  ];
}

/** `sent`: the headers of the service's answer; what the proxy adds counts as its own only if the service sent none. */
export function aspectsOf({ got, answered }: Observed, own: Own, sent: readonly Field[]): Aspects {
  const names = new Set(sent.map(([name]) => name.toLowerCase()));
  const isOwn = (name: string) => own.answer.has(name) && !names.has(name);
  const reached: [Aspect, string] = ['reaches the service', `${got !== undefined}`];
  if (got === undefined) return new Map([reached]);
  const answer = answered === undefined ? [] : answerAspects(answered, isOwn);
  return new Map([reached, ...requestAspects(got, own), ...answer]);
}

/** Whether a rival saw it as Tinct did. HAProxy writes names in lower case. */
function agrees(aspect: Aspect, ours: string, theirs: string, foldsNames: boolean): boolean {
  if (!foldsNames || !/headers|trailers|hints/.test(aspect)) return ours === theirs;
  return lowerNames(ours) === lowerNames(theirs);
}

const lowerNames = (text: string): string =>
  text.replace(/^[^:\n]+(?=:)/gm, (name) => name.toLowerCase());

export interface Rival {
  readonly name: string;
  readonly aspects: Aspects;
  readonly foldsNames: boolean;
  /** What it can't speak of. */
  readonly silentOn: ReadonlySet<Aspect>;
}

export interface Disagreement {
  readonly aspect: Aspect;
  readonly ours: string;
  readonly theirs: readonly string[];
}

/** The aspects in which no rival agrees; one that did not reach the service is asked about nothing else. */
export function disagreements(ours: Aspects, rivals: readonly Rival[]): Disagreement[] {
  const found: Disagreement[] = [];
  for (const [aspect, text] of ours) {
    const asked = rivals.filter(
      ({ aspects, silentOn }) => aspects.has(aspect) && !silentOn.has(aspect),
    );
    const theirs = asked.map(({ aspects }) => aspects.get(aspect) ?? '');
    const isShared = asked.some(({ foldsNames }, i) =>
      agrees(aspect, text, theirs[i] ?? '', foldsNames),
    );
    if (!isShared && asked.length > 0) found.push({ aspect, ours: text, theirs });
  }
  return found;
}
