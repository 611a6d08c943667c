/** What was or would be changed in a cluster, in words and as lines. */
import type { Plan } from '@tinct/core';
import { essence, type LiveObject, refText, renderDocument } from '@tinct/istio-config';
import type { Style } from '../frame/printer.ts';
import { lineDiff } from '../text/diff.ts';
import { jsonText } from '../text/json.ts';
import { columns } from '../text/table.ts';
import { counted, visible } from '../text/words.ts';
import type { Change } from './preview.ts';

type Output = 'text' | 'json';

export interface Told {
  readonly changes: readonly Change[];
  /** Whether they were made. */
  readonly written: boolean;
}

const DONE = {
  create: 'created',
  change: 'changed',
  delete: 'deleted',
  same: 'unchanged',
} as const;
const SIGNS = { create: 'is created', change: 'changes', delete: 'is deleted', same: '' } as const;

/** One line for each object. */
export function doneLines(changes: readonly Change[]): string[] {
  const rows = changes.map((change) => [
    visible(refText(change.ref)),
    DONE[change.kind],
    adoptionText(change),
  ]);
  return columns(rows, ['left', 'left', 'left']);
}

/** Whose an object was that Tinct does not own. */
function adoptionText({ adoptedFrom }: Change): string {
  if (adoptedFrom === undefined) return '';
  const owners = [...new Set(adoptedFrom.map(({ manager }) => manager))];
  return owners.length === 0 ? 'adopted' : `adopted from ${visible(owners.join(', '))}`;
}

/** `2 created, 1 unchanged`. */
export function countsText(changes: readonly Change[]): string {
  const kinds = ['create', 'change', 'delete', 'same'] as const;
  const counts = kinds.map(
    (kind) => [kind, changes.filter((one) => one.kind === kind).length] as const,
  );
  const told = counts
    .filter(([, count]) => count > 0)
    .map(([kind, count]) => `${count} ${DONE[kind]}`);
  return told.length === 0 ? counted(0, 'object') : told.join(', ');
}

const yamlOf = (object: LiveObject | undefined): string =>
  object === undefined ? '' : renderDocument(essence(object)).trimEnd();

/** What would be different, object by object. */
export function differenceLines(changes: readonly Change[], style: Style): string[] {
  return changes
    .filter(({ kind }) => kind !== 'same')
    .flatMap(({ ref, kind, before, after }) => [
      style.bold(`${visible(refText(ref))} ${SIGNS[kind]}`),
      ...lineDiff(yamlOf(before), yamlOf(after), style),
      '',
    ]);
}

/** The outcome of a run that writes. */
export function toldChanges(plan: Plan, told: Told, output: Output, style: Style): string {
  const { changes, written } = told;
  if (output === 'json') return jsonText({ ...asJson(plan, changes), written });
  const isQuiet = changes.every(({ kind }) => kind === 'same');
  const of = `${visible(plan.name)} revision ${plan.revision}`;
  if (isQuiet) return `${of}: nothing to change, it is so already.\n`;
  const end = written ? style.green('written') : 'not written: a dry run';
  const adopted = changes.filter(({ adoptedFrom }) => adoptedFrom !== undefined);
  const shown = written ? [] : differenceLines(adopted, style);
  return `${[...shown, ...doneLines(changes), '', `${of}: ${countsText(changes)}; ${end}.`].join('\n')}\n`;
}

/** The outcome of a comparison. */
export function differencesText(
  plan: Plan,
  changes: readonly Change[],
  output: Output,
  style: Style,
): string {
  if (output === 'json') return jsonText(asJson(plan, changes));
  const lines = differenceLines(changes, style);
  return `${(lines.length === 0 ? ['No difference.'] : lines.slice(0, -1)).join('\n')}\n`;
}

const asJson = ({ name, revision }: Plan, changes: readonly Change[]) => ({
  plan: { name, revision },
  changes: changes.map(({ ref, kind, before, after, adoptedFrom }) => ({
    ...ref,
    change: kind,
    ...(adoptedFrom === undefined ? {} : { adoptedFrom }),
    ...(kind === 'same'
      ? {}
      : { before: before && essence(before), after: after && essence(after) }),
  })),
});
