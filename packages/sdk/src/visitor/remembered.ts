/** What a request's decisions mean for the visitor's cookie. */
import { type CompiledRelease, remember, unitOf } from '@tinct/core';
import type { Memory } from '../cookie/memory.ts';
import type { Decided } from '../decide/decide-all.ts';
import type { PlanView } from '../decide/plan-view.ts';
import type { Visitor } from './jar.ts';

/** Whether a release was decided for the visitor's issued id. */
export function isDecidedBy(
  release: CompiledRelease,
  { id }: Pick<Visitor, 'id'>,
  { context, view }: { context: Decided['context']; view: Pick<PlanView, 'issued'> },
): boolean {
  if (id === undefined) return false;
  const unit = unitOf(release, context);
  return unit?.type === view.issued && unit?.key === id;
}

/** What is remembered after the decisions; `undefined` when that is what was remembered before. */
export function remembered({ releases, decisions, context }: Decided): Memory | undefined {
  let memory: Record<string, Memory[string]> | undefined;
  releases.forEach((release, i) => {
    const { name } = release;
    const decision = decisions[i];
    const before = context.memory?.[name] ?? [];
    if (decision === undefined || (release.release.memory === undefined && before.length === 0))
      return;
    const after = remember(release, unitOf(release, context), context, decision);
    if (after === before || (after.length === 0 && before.length === 0)) return;
    memory ??= Object.assign(Object.create(null), context.memory);
    (memory as Record<string, Memory[string]>)[name] = after;
  });
  return memory;
}
