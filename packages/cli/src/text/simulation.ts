/** The result of a simulation, for people and for programs. */
import type { Plan } from '@tinct/core';
import type { Style } from '../frame/printer.ts';
import type { Moves, Simulated, VariantCount } from '../plan/simulation.ts';
import { jsonText } from './json.ts';
import { columns, indented } from './table.ts';
import { wilson } from './wilson.ts';
import { counted, shareText, whole } from './words.ts';

export interface SimulationResult {
  readonly plan: Plan;
  readonly old: Plan | undefined;
  readonly simulated: readonly Simulated[];
}

export function simulationText({ plan, old, simulated }: SimulationResult, style: Style): string {
  const against = old === undefined ? '' : `, against revision ${old.revision}`;
  const lines = [
    `${style.bold(plan.name)} revision ${plan.revision}${against}`,
    ...simulated.flatMap((one) => ['', ...releaseLines(one, old, style)]),
    ...(simulated.length === 0 ? ['', 'No release applies.'] : []),
  ];
  return `${lines.join('\n')}\n`;
}

function releaseLines(one: Simulated, old: Plan | undefined, style: Style): string[] {
  const { release, unit, units, variants, against } = one;
  const moves = against === undefined ? [] : ['', ...moveLines(against, units)];
  const unknown = old !== undefined && against === undefined;
  return [
    `${style.bold(release)}  ${counted(units, 'id')} of unit type ${unit}`,
    ...indented(variantLines(variants, units, style)),
    ...indented(moves),
    ...(unknown ? ['', `  Not in revision ${old.revision}: nothing to compare.`] : []),
  ];
}

function variantLines(variants: readonly VariantCount[], all: number, style: Style): string[] {
  const known = variants.every(({ expected }) => expected !== undefined);
  const head = ['variant', 'ids', 'share %', '95 % interval', ...(known ? ['expected %'] : [])];
  const rows = variants.map(({ variant, units, expected = 0 }) => {
    const [low, high] = wilson(units, all);
    const share = shareText(all === 0 ? 0 : units / all);
    const interval = `${shareText(low)} … ${shareText(high)}`;
    const given = known ? [shareText(all === 0 ? 0 : expected / all)] : [];
    return [variant, whole(units), share, interval, ...given];
  });
  const [first = '', ...others] = columns(
    [head, ...rows],
    ['left', 'right', 'right', 'right', 'right'],
  );
  return [style.dim(first), ...others];
}

function moveLines({ moved, minimum, moves }: Moves, all: number): string[] {
  const share = shareText(all === 0 ? 0 : moved / all);
  const head = `${counted(moved, 'id')} ${moved === 1 ? 'moves' : 'move'} (${share} %); ${whole(minimum)} had to`;
  const rows = moves.map(({ from, to, units }) => [`${from} → ${to}`, whole(units)]);
  return [head, ...indented(columns(rows, ['left', 'right']))];
}

export function simulationJson({ plan, old, simulated }: SimulationResult): string {
  return jsonText({
    plan: { name: plan.name, revision: plan.revision },
    ...(old === undefined ? {} : { against: { name: old.name, revision: old.revision } }),
    releases: simulated.map((one) => ({
      ...one,
      variants: one.variants.map((count) => ({
        ...count,
        share: one.units === 0 ? 0 : count.units / one.units,
        interval: wilson(count.units, one.units),
      })),
    })),
  });
}
