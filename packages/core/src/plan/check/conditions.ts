/** Conditions: declared attributes, operands that can be read, and conditions that can hold at all. */
import { patternFault } from '../../conditions/comparison.ts';
import { parseTime } from '../../conditions/time.ts';
import { parseCidr, parseSemver } from '../../conditions/values.ts';
import { mendedCidr, mendedVersion } from '../mended.ts';
import type { Report } from '../report.ts';
import { CONDITION_KINDS, type ConditionDocument, OPERATORS } from '../schema.ts';
import type { Path } from '../source.ts';
import type { Draft } from '../structure.ts';
import { suggestion } from '../suggest.ts';
import { hasOwn, present } from './draft.ts';
import { exactlyOne } from './identity.ts';
import { checkTypes } from './types.ts';

export function checkCondition(
  condition: ConditionDocument,
  path: Path,
  draft: Draft,
  report: Report,
): void {
  const kinds = present(condition, CONDITION_KINDS);
  if (!exactlyOne(kinds, CONDITION_KINDS, path, report)) return;
  if (condition.attribute !== undefined) return checkAttribute(condition, path, draft, report);
  const [stray] = present(condition, OPERATORS);
  if (stray !== undefined) {
    report(
      'TINCT_PLAN_KEY_UNKNOWN',
      `\`${stray}\` compares an attribute; \`${kinds[0]}\` has none`,
      [...path, stray],
    );
  }
  for (const [inner, step] of innerOf(condition))
    checkCondition(inner, [...path, ...step], draft, report);
}

function innerOf(condition: ConditionDocument): [ConditionDocument, Path][] {
  const list = condition.all ?? condition.any ?? [];
  const key = condition.all === undefined ? 'any' : 'all';
  const inner: [ConditionDocument, Path][] = list.map((one, i) => [one, [key, i]]);
  return condition.not === undefined ? inner : [[condition.not, ['not']]];
}

function checkAttribute(
  condition: ConditionDocument,
  path: Path,
  draft: Draft,
  report: Report,
): void {
  const name = condition.attribute as string;
  if (!hasOwn(draft.attributes, name)) {
    const hint = suggestion(name, Object.keys(draft.attributes));
    report(
      'TINCT_PLAN_ATTRIBUTE_UNKNOWN',
      `the attribute \`${name}\` is not declared`,
      [...path, 'attribute'],
      hint,
    );
  }
  if (present(condition, OPERATORS).length === 0) {
    report(
      'TINCT_PLAN_KEY_MISSING',
      `nothing is asked about \`${name}\``,
      path,
      `add one of ${OPERATORS.join(', ')}`,
    );
  }
  checkTypes(condition, path, draft, report);
  checkOperands(condition, path, report);
}

function checkOperands(condition: ConditionDocument, path: Path, report: Report): void {
  const fault = condition.matches === undefined ? undefined : patternFault(condition.matches);
  if (fault !== undefined) report('TINCT_PLAN_REGEX', fault, [...path, 'matches']);
  if (condition.semver !== undefined && Object.keys(condition.semver).length === 0) {
    const hint = 'add one of eq, gt, gte, lt, lte';
    report('TINCT_PLAN_KEY_MISSING', 'no version is named', [...path, 'semver'], hint);
  }
  for (const [operator, text] of Object.entries(condition.semver ?? {})) {
    if (text === undefined || parseSemver(text) !== undefined) continue;
    const at = [...path, 'semver', operator];
    report('TINCT_PLAN_SEMVER', `"${text}": not a semantic version`, at, mendedVersion(text));
  }
  for (const key of ['before', 'after'] as const) {
    const text = condition[key];
    if (text !== undefined && parseTime(text) === undefined) {
      report('TINCT_PLAN_TIME_MALFORMED', `"${text}": not a point in time`, [...path, key]);
    }
  }
  condition.inCidr?.forEach((text, i) => {
    if (parseCidr(text) === undefined)
      report(
        'TINCT_PLAN_CIDR',
        `"${text}": not an IP range`,
        [...path, 'inCidr', i],
        mendedCidr(text),
      );
  });
}

/** Whether nothing can make a condition true: bounds that exclude each other, or a value asked of what must not exist. */
export function neverHolds(condition: ConditionDocument): boolean {
  if (condition.all !== undefined) return condition.all.some(neverHolds);
  if (condition.any !== undefined) return condition.any.every(neverHolds);
  if (condition.attribute === undefined) return false;
  const asked = present(condition, OPERATORS).length;
  return (
    (condition.exists === false && asked > 1) ||
    numbersExclude(condition) ||
    timesExclude(condition)
  );
}

function numbersExclude({ gt, gte, lt, lte }: ConditionDocument): boolean {
  const low = Math.max(gt ?? -Infinity, gte ?? -Infinity);
  const high = Math.min(lt ?? Infinity, lte ?? Infinity);
  return low > high || (low === high && (low === gt || high === lt));
}

function timesExclude({ before, after }: ConditionDocument): boolean {
  if (before === undefined || after === undefined) return false;
  return (parseTime(before) ?? Infinity) <= (parseTime(after) ?? -Infinity);
}
