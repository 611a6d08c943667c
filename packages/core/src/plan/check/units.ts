/** Unit types must come from somewhere, unless the plan leaves identity to the caller altogether. */
import type { Report } from '../report.ts';
import type { Path } from '../source.ts';
import type { Draft } from '../structure.ts';
import { suggestion } from '../suggest.ts';
import { unitTypes } from './draft.ts';

/** `fallback`: the unit type of an owner that names none. */
export function checkUnit(
  unit: string | undefined,
  fallback: string,
  owner: Path,
  draft: Draft,
  report: Report,
): void {
  const type = unit ?? fallback;
  if (isYielded(type, draft)) return;
  const path = unit === undefined ? owner : [...owner, 'unit'];
  const hint =
    unit === undefined
      ? `say \`unit:\`; ${suggestion(type, unitTypes(draft)) ?? 'add a source to `identity`'}`
      : suggestion(type, unitTypes(draft));
  const message = `no identity source yields the unit type \`${type}\``;
  report('TINCT_PLAN_UNIT_UNKNOWN', message, path, hint, unit === undefined ? 'key' : 'value');
}

/** Whether a source yields a unit type, as far as one can tell. */
export function isYielded(type: string, draft: Draft): boolean {
  const known = unitTypes(draft);
  return draft.identity.includes(undefined) || known.size === 0 || known.has(type);
}
