/** What changed between two plans, in words, and which lines of its text. */
import { diff } from 'node:util';
import type { PlanDiff, PopulationMovement, ReleaseDiff } from '@tinct/core';
import type { Style } from '../frame/printer.ts';
import { findingLines } from './findings.ts';
import { columns, indented } from './table.ts';
import { percentText, visible } from './words.ts';

/** Everything that changed, release by release, with who moves and what is risky. */
export function diffText({ changes, releases, findings }: PlanDiff, style: Style): string[] {
  const lines = [
    ...changes.map(visible),
    ...releases.flatMap((release) => section(releaseLines(release, style))),
    ...section(findings.flatMap((found) => findingLines(found, style))),
  ];
  return lines.length === 0 ? ['No difference.'] : lines;
}

/** Lines below an empty one, if there are any. */
const section = (lines: readonly string[]): string[] => (lines.length === 0 ? [] : ['', ...lines]);

function releaseLines({ release, changes, movement }: ReleaseDiff, style: Style): string[] {
  const moves = movement.flatMap(movementLines);
  const quiet = movement.length === 0 ? ['Nobody moves.'] : [];
  return [style.bold(release), ...indented([...changes.map(visible), ...quiet, ...moves])];
}

function movementLines({ who, moved, minimum, moves }: PopulationMovement): string[] {
  const rows = moves.map(({ from, to, thousandths }) => [
    `${from} → ${to}`,
    percentText(thousandths),
  ]);
  return [
    `Of ${visible(who)} ${percentText(moved)} move; ${percentText(minimum)} had to.`,
    ...indented(columns(rows, ['left', 'right'])),
  ];
}

/** The lines that differ, with their numbers: `5 - revision: 12`. */
export function lineDiff(old: string, next: string, style: Style): string[] {
  let [before, after] = [0, 0];
  const rows: string[][] = [];
  // Below the lines that they replace.
  const added: string[][] = [];
  for (const [operation, line] of diff(linesOf(next), linesOf(old))) {
    if (operation !== 1) before++;
    if (operation !== -1) after++;
    if (operation === 1) added.push([String(after), style.green(`+ ${visible(line)}`)]);
    else if (operation === -1) rows.push([String(before), style.red(`- ${visible(line)}`)]);
    else rows.push(...added.splice(0));
  }
  return columns([...rows, ...added], ['right', 'left']);
}

const linesOf = (text: string): string[] => text.split('\n').map((line) => line.replace(/\r$/, ''));
