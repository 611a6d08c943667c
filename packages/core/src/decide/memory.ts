/** What the cookie remembers: which entries still count, for whom, and what is remembered next. */
import type { CompiledRelease } from './compiled.ts';
import type { Decision, DecisionContext, MemoryEntry, Unit } from './types.ts';

/** The most units that one browser is remembered for, per release: the visitor and the last user. */
const MAX_REMEMBERED = 2;

export interface Remembered {
  readonly variant: string;
  readonly reason: 'STICKY' | 'CONTINUITY';
}

function entriesOf(release: CompiledRelease, context: DecisionContext): readonly MemoryEntry[] {
  const { memory } = context;
  if (memory === undefined || release.release.memory === undefined) return [];
  const entries = Object.hasOwn(memory, release.name) ? memory[release.name] : undefined;
  return entries ?? [];
}

/** Whether an entry is of this epoch, young enough, by a plan not older than `stickySince`, and of a variant that exists. */
function isAlive({ release, variants }: CompiledRelease, entry: MemoryEntry, now: number): boolean {
  const { memory, epoch, stable, stickySince } = release;
  return (
    memory !== undefined &&
    entry.epoch === epoch &&
    (entry.since ?? entry.at) >= stickySince &&
    now - entry.at <= memory.maxAgeMs &&
    entry.variant !== stable &&
    variants.has(entry.variant)
  );
}

function isOf(entry: MemoryEntry, unit: Unit): boolean {
  return entry.unit.type === unit.type && entry.unit.key === unit.key;
}

/** Whether an anonymous assignment continues for the user who logged in on the same device. */
function continuesFor(
  release: CompiledRelease,
  entry: MemoryEntry,
  unit: Unit,
  context: DecisionContext,
): boolean {
  return (
    release.release.memory?.continuity === true &&
    unit.type !== 'anonymous' &&
    entry.unit.type === 'anonymous' &&
    entry.unit.key !== '' &&
    entry.unit.key === context.units['anonymous'] &&
    (entry.boundTo === undefined || entry.boundTo === unit.key)
  );
}

/** The remembered variant of a unit: its own entry first, then the visitor's before the login. */
export function recall(
  release: CompiledRelease,
  unit: Unit,
  context: DecisionContext,
): Remembered | undefined {
  const alive = entriesOf(release, context).filter((entry) => isAlive(release, entry, context.now));
  const own = alive.find((entry) => isOf(entry, unit));
  if (own !== undefined) return { variant: own.variant, reason: 'STICKY' };
  const before = alive.find((entry) => continuesFor(release, entry, unit, context));
  return before && { variant: before.variant, reason: 'CONTINUITY' };
}

/** What to remember after a decision; the same array when nothing changes. Only non-stable variants are kept. */
export function remember(
  release: CompiledRelease,
  unit: Unit | undefined,
  context: DecisionContext,
  decision: Decision,
): readonly MemoryEntry[] {
  const before = entriesOf(release, context);
  if (release.aborted || release.release.memory === undefined)
    return before.length === 0 ? before : [];
  const alive = before.filter((entry) => isAlive(release, entry, context.now));
  const after = unit?.key.isWellFormed()
    ? withDecision(release, bindVisitor(release, alive, unit, context), unit, context, decision)
    : alive;
  return after.length === before.length && after.every((entry, i) => entry === before[i])
    ? before
    : after;
}

/**
 * Hands the visitor's assignment to the first user who logs in, however that user was decided: left unbound,
 * it would continue for the second user on that browser.
 */
function bindVisitor(
  release: CompiledRelease,
  alive: readonly MemoryEntry[],
  unit: Unit,
  context: DecisionContext,
): readonly MemoryEntry[] {
  return alive.map((entry) =>
    entry.boundTo === undefined && continuesFor(release, entry, unit, context)
      ? { ...entry, boundTo: unit.key }
      : entry,
  );
}

function withDecision(
  release: CompiledRelease,
  alive: readonly MemoryEntry[],
  unit: Unit,
  context: DecisionContext,
  { reason, variant, epoch }: Decision,
): readonly MemoryEntry[] {
  if (reason !== 'SPLIT') return alive;
  const known = alive.find((entry) => isOf(entry, unit));
  if (known?.variant === variant || (variant === release.release.stable && known === undefined))
    return alive;
  const others = alive.filter((entry) => entry !== known);
  if (variant === release.release.stable) return others;
  const { stickySince: since } = release.release;
  return [...others, { variant, unit, epoch, at: context.now, since }].slice(-MAX_REMEMBERED);
}
