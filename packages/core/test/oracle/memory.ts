/** Memory as docs/spec/deciding.md has it: what counts, for whom, and what is remembered next. */
import type { Decision, DecisionContext, MemoryEntry, Unit } from '../../src/decide/types.ts';
import type { Release } from '../../src/plan/plan.ts';

/** An object's own value: `constructor` is nobody's id. */
export function own<T>(
  of: Readonly<Record<string, T | undefined>> | undefined,
  name: string,
): T | undefined {
  return new Map(Object.entries(of ?? {})).get(name);
}

/** Whether each service of the release has a subset for a variant. */
export function isRouted(release: Release, variant: string): boolean {
  return release.services.every(({ subsets }) => Object.keys(subsets).includes(variant));
}

function counts(release: Release, entry: MemoryEntry, now: number): boolean {
  return (
    release.memory !== undefined &&
    entry.epoch === release.epoch &&
    (entry.since === undefined ? entry.at : entry.since) >= release.stickySince &&
    now - entry.at <= release.memory.maxAgeMs &&
    entry.variant !== release.stable &&
    isRouted(release, entry.variant)
  );
}

/** What the cookie says of a unit. */
export function recall(
  release: Release,
  context: DecisionContext,
  unit: Unit,
): Pick<Decision, 'variant' | 'reason'> | undefined {
  const entries = (own(context.memory, release.name) ?? []).filter((entry) =>
    counts(release, entry, context.now),
  );
  const mine = entries.find(({ unit: of }) => of.type === unit.type && of.key === unit.key);
  if (mine !== undefined) return { variant: mine.variant, reason: 'STICKY' };
  const visitors = entries.find((entry) => continues(release, entry, context, unit));
  return visitors && { variant: visitors.variant, reason: 'CONTINUITY' };
}

function continues(
  release: Release,
  entry: MemoryEntry,
  context: DecisionContext,
  unit: Unit,
): boolean {
  const visitor = own(context.units, 'anonymous') ?? '';
  if (release.memory?.continuity !== true || unit.type === 'anonymous' || visitor === '')
    return false;
  const ofVisitor = entry.unit.type === 'anonymous' && entry.unit.key === visitor;
  return ofVisitor && (entry.boundTo === undefined || entry.boundTo === unit.key);
}

/** What the cookie keeps of a release after a decision. */
export function oracleRemember(
  release: Release,
  aborted: boolean,
  context: DecisionContext,
  unit: Unit | undefined,
  decision: Decision,
): MemoryEntry[] {
  if (aborted || release.memory === undefined) return [];
  const entries = own(context.memory, release.name) ?? [];
  const kept = entries.filter((entry) => counts(release, entry, context.now));
  if (unit === undefined || !unit.key.isWellFormed()) return kept;
  const bound = kept.map((entry) =>
    continues(release, entry, context, unit) ? { ...entry, boundTo: unit.key } : entry,
  );
  return decision.reason === 'SPLIT' ? assign(release, bound, context, unit, decision) : bound;
}

function assign(
  release: Release,
  entries: readonly MemoryEntry[],
  { now }: DecisionContext,
  unit: Unit,
  { variant }: Decision,
): MemoryEntry[] {
  const isMine = ({ unit: of }: MemoryEntry) => of.type === unit.type && of.key === unit.key;
  const mine = entries.find(isMine);
  if (mine?.variant === variant) return [...entries];
  const others = entries.filter((entry) => entry !== mine);
  if (variant === release.stable) return others;
  const since = release.stickySince;
  return [...others, { variant, unit, epoch: release.epoch, at: now, since }].slice(-2);
}
