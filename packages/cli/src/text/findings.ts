/** Findings as people read them. */
import { type Finding, formatPath } from '@tinct/core/basics';
import type { Style } from '../frame/printer.ts';
import { visible } from './words.ts';

function levelText({ level }: Finding, style: Style): string {
  return level === 'error' ? style.red(level) : style.yellow(level);
}

function placeOf({ file, line, column, path }: Finding): string {
  if (line !== undefined) return `${file ?? 'plan'}:${line}:${column ?? 1}`;
  const at = formatPath(path);
  return [file ?? '', at === '' ? '' : `(${at})`].filter((part) => part !== '').join(' ');
}

/** `plan.yaml:12:7 error TINCT_… message`, and the hint below. */
export function findingLines(found: Finding, style: Style): string[] {
  const place = visible(placeOf(found));
  const head = [
    place === '' ? '' : style.bold(place),
    levelText(found, style),
    style.dim(found.code),
  ];
  const line = [...head, visible(found.message)].filter((part) => part !== '').join(' ');
  return [line, `    hint: ${visible(found.hint)}`];
}

/** All of them, for a stream. */
export function findingsText(findings: readonly Finding[], style: Style): string {
  return findings.flatMap((found) => [...findingLines(found, style), '']).join('\n');
}
