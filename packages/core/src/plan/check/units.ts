/** Unit types must come from somewhere, unless the plan leaves identity to the caller altogether. */
import type { Report } from '../report.ts';
import type { Path } from '../source.ts';
import type { Draft } from '../structure.ts';
import { suggestion } from '../suggest.ts';
import { unitTypes } from './draft.ts';

export function checkUnit(unit: string, path: Path, draft: Draft, report: Report): void {
  const known = unitTypes(draft);
  if (draft.identity.includes(undefined) || known.size === 0 || known.has(unit)) return;
  report(
    'TINCT_PLAN_UNIT_UNKNOWN',
    `no identity source yields the unit type \`${unit}\``,
    path,
    suggestion(unit, known),
  );
}
