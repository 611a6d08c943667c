/**
 * Somebody else's HTTPRoute or GRPCRoute: copies of the rules that lead to a moved service, one for each variant, that ask
 * for the color too and lead to the version's Service. A rule that asks for more wins whatever its place, and of equals
 * the first: behind all others, a copy with one header more never wins where its original would not have. A copy that asks
 * for no more than its original, because that names the color already, stands right in front of it.
 */
import { type Finding, finding, isRecord, valueAt } from '@tinct/core';
import { versionName } from '../documents/gateway-api/services.ts';
import { limitFinding } from '../documents/gateway-api/sizes.ts';
import { ROUTED_HEADER, routedValue } from '../documents/names.ts';
import type { Path } from '../manifests/manifest.ts';
import { itemsAt } from '../manifests/read.ts';
import type { Color } from '../routes/routing.ts';
import { blockEdits } from './blocks.ts';
import { type Edit, edited } from './edits.ts';
import { type Insertion, type Moved, subsetOf } from './insertion.ts';
import { overtaken } from './order.ts';
import { ownerOfRule } from './owner.ts';
import { type Change, namespaceOf } from './virtual-service.ts';
import { joined } from './weights.ts';

type Rec = Readonly<Record<string, unknown>>;

const RULES: Path = ['spec', 'rules'];

const rulesOf = (object: unknown): readonly unknown[] => {
  const rules = valueAt(object, RULES);
  return Array.isArray(rules) ? rules : [];
};

/** Takes a release's rules out. */
export function removeRules(object: unknown, release: string): Edit[] {
  const wanted = () => [];
  return blockEdits({
    path: RULES,
    items: rulesOf(object),
    release,
    ownerOf: ownerOfRule,
    wanted,
    isFirst: true,
  });
}

/** Puts a release's rules in their places, or mends what stands there. */
export function insertRules(object: unknown, insertion: Insertion): Change {
  const { release, isFirst, isAborted } = insertion;
  const namespace = namespaceOf(object);
  const items = rulesOf(object);
  const findings: Finding[] = [];
  const copies = items.map((rule, i): Copies => {
    if (!isRecord(rule) || ownerOfRule(rule) !== undefined) return NONE;
    const moved = insertion.moved.filter((one) => leadsTo(rule, one, namespace));
    if (moved.length === 0) return NONE;
    const at = [...RULES, i];
    findings.push(...unpinned(rule, moved, namespace, at));
    return copiesOf(rule, moved, { insertion, namespace }, (code, message, path) =>
      findings.push(finding(code, message, [...at, ...path])),
    );
  });
  const led = copies.flatMap((one, i) => (one === NONE ? [] : [i]));
  const tail = copies.flatMap(({ behind }) => behind);
  const wanted = (_: unknown, i: number) => copies[i]?.before ?? [];
  const edits = blockEdits({
    path: RULES,
    items,
    release,
    ownerOf: ownerOfRule,
    wanted,
    tail,
    isFirst,
  });
  if (!isAborted) findings.push(...overtaken(items, led, headersOf(insertion), isOwned));
  const rules = valueAt(edited(object, edits), RULES) as readonly unknown[];
  findings.push(...limitFinding(rules ?? []), ...headerOnly(object, insertion, led.length > 0));
  return { edits, findings, concerned: led.length > 0 };
}

/** A rule's copies, by where they stand. */
interface Copies {
  readonly before: readonly Rec[];
  readonly behind: readonly Rec[];
}
const NONE: Copies = { before: [], behind: [] };

const isOwned = (rule: unknown): boolean => ownerOfRule(rule) !== undefined;

const headersOf = ({ moved }: Insertion): string[] =>
  moved.flatMap(({ colors }) => colors.map(({ header }) => header));

/** A backend that is the service, or one of its versions. */
function isBackend(ref: unknown, { service }: Moved, home: string): boolean {
  if (!isRecord(ref)) return false;
  const { kind = 'Service', group = '', namespace = home, name } = ref;
  const names = [service.name, ...service.subsets.map((one) => versionName(service, one.name))];
  const isService = kind === 'Service' && group === '';
  return isService && namespace === service.namespace && names.includes(String(name));
}

const backendsOf = (rule: Rec): readonly unknown[] =>
  Array.isArray(rule['backendRefs']) ? rule['backendRefs'] : [];

const leadsTo = (rule: Rec, moved: Moved, home: string): boolean =>
  backendsOf(rule).some((ref) => isBackend(ref, moved, home));

type Say = (code: 'TINCT_ISTIO_CONDITION', message: string, path: Path) => void;
interface Around {
  readonly insertion: Insertion;
  readonly namespace: string;
}

function copiesOf(rule: Rec, moved: readonly Moved[], around: Around, say: Say): Copies {
  const [first] = moved;
  if (first === undefined) return NONE;
  const { insertion, namespace } = around;
  const made = (color: Color, matches: unknown) => copy(rule, color, matches, moved, namespace);
  if (insertion.isAborted) return { before: [made(first.stable, rule['matches'])], behind: [] };
  const all = first.colors.map((color) => {
    const matches = matchesOf(rule).map((match) => [match, withColor(match, color)] as const);
    if (matches.some(([, both]) => both === 'unclear'))
      say('TINCT_ISTIO_CONDITION', 'an expression on the same header decides already', ['matches']);
    const records = matches.flatMap(([match, both]) =>
      typeof both === 'string' ? [] : [{ both, isMore: both !== match }],
    );
    const part = (isMore: boolean): Rec[] => {
      const own = records.filter((one) => one.isMore === isMore).map(({ both }) => both);
      return own.length === 0 ? [] : [made(color, own)];
    };
    return { before: part(false), behind: part(true) };
  });
  return {
    before: all.flatMap(({ before }) => before),
    behind: all.flatMap(({ behind }) => behind),
  };
}

/** A rule without matches is for everyone. */
const matchesOf = ({ matches }: Rec): readonly Rec[] =>
  Array.isArray(matches) && matches.length > 0 ? matches.filter(isRecord) : [{}];

function withColor(match: Rec, { header, variant }: Color): Rec | 'never' | 'unclear' {
  const headers = Array.isArray(match['headers']) ? match['headers'].filter(isRecord) : [];
  const theirs = headers.find((one) => String(one['name']).toLowerCase() === header);
  if (theirs === undefined)
    return { ...match, headers: [...headers, { type: 'Exact', name: header, value: variant }] };
  if ((theirs['type'] ?? 'Exact') !== 'Exact') return 'unclear';
  return theirs['value'] === variant ? match : 'never';
}

function copy(
  { name: _name, matches: _matches, filters, backendRefs: _refs, ...rest }: Rec,
  color: Color,
  matches: unknown,
  moved: readonly Moved[],
  home: string,
): Rec {
  const rule = { backendRefs: _refs } as Rec;
  return {
    ...(matches === undefined ? {} : { matches }),
    filters: marked(filters, routedValue(color)),
    backendRefs: joined(
      backendsOf(rule)
        .filter(isRecord)
        .map((ref) => led(ref, color, moved, home)),
      1,
    ),
    ...rest,
  };
}

function led(ref: Rec, color: Color, moved: readonly Moved[], home: string): Rec {
  const one = moved.find((candidate) => isBackend(ref, candidate, home));
  return one === undefined ? ref : { ...ref, name: versionName(one.service, subsetOf(one, color)) };
}

/** A rule has one filter of a kind at most: where there is one that sets response headers, it sets this too. */
function marked(filters: unknown, value: string): Rec[] {
  const all = Array.isArray(filters) ? filters.filter(isRecord) : [];
  const mark = { name: ROUTED_HEADER, value };
  const at = all.findIndex(({ type }) => type === 'ResponseHeaderModifier');
  if (at < 0)
    return [...all, { type: 'ResponseHeaderModifier', responseHeaderModifier: { set: [mark] } }];
  return all.map((filter, i) => (i === at ? withMark(filter, mark) : filter));
}

function withMark(filter: Rec, mark: Rec): Rec {
  const modifier = isRecord(filter['responseHeaderModifier'])
    ? filter['responseHeaderModifier']
    : {};
  const set = Array.isArray(modifier['set']) ? modifier['set'] : [];
  return { ...filter, responseHeaderModifier: { ...modifier, set: [...set, mark] } };
}

function unpinned(rule: Rec, moved: readonly Moved[], home: string, path: Path): Finding[] {
  return moved
    .filter(({ service }) =>
      backendsOf(rule).some(
        (ref) =>
          valueAt(ref, ['name']) === service.name &&
          (valueAt(ref, ['namespace']) ?? home) === service.namespace,
      ),
    )
    .map(({ service, stable }) =>
      finding(
        'TINCT_ISTIO_UNPINNED',
        `requests without a color reach every version of \`${service.host}\` here`,
        path,
        `lead this rule to \`${versionName(service, stable.subset)}\``,
      ),
    );
}

/** Within the mesh the baggage would count too, and no rule can ask for it. */
function headerOnly(
  object: unknown,
  { carrier, isAborted }: Insertion,
  concerned: boolean,
): Finding[] {
  const isMesh = itemsAt(object, ['spec', 'parentRefs']).some(
    ([parent]) => valueAt(parent, ['kind']) === 'Service',
  );
  if (!isMesh || !concerned || isAborted || carrier === 'header') return [];
  const message = 'calls within the mesh are led by their header alone';
  return [finding('TINCT_ISTIO_HEADER_ONLY', message, ['spec', 'parentRefs'])];
}
