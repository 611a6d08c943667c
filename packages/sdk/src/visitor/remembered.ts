/** What a request's decisions mean for the visitor's cookie. */
import { remember, type Unit } from '@tinct/core';
import type { Memory } from '../cookie/memory.ts';
import type { Decided } from '../decide/decide-all.ts';
import type { PlanView } from '../decide/plan-view.ts';
import type { Visitor } from './jar.ts';

/** Whether the unit that a release was decided for is the visitor's issued id. */
export function isDecidedBy(
  unit: Unit | undefined,
  { id }: Pick<Visitor, 'id'>,
  { issued }: Pick<PlanView, 'issued'>,
): boolean {
  return id !== undefined && unit?.type === issued && unit?.key === id;
}

/** What is remembered after the decisions; `undefined` when that is what was remembered before. */
export function remembered({ releases, decisions, units, context }: Decided): Memory | undefined {
  let memory: Record<string, Memory[string]> | undefined;
  releases.forEach((release, i) => {
    const { name } = release;
    const decision = decisions[i];
    const before = context.memory?.[name] ?? [];
    if (decision === undefined || (release.release.memory === undefined && before.length === 0))
      return;
    const after = remember(release, units[i], context, decision);
    if (after === before || (after.length === 0 && before.length === 0)) return;
    memory ??= Object.assign(Object.create(null), context.memory);
    (memory as Record<string, Memory[string]>)[name] = after;
  });
  return memory;
}
