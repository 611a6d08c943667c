/** Comparisons that an attribute's declared type leaves unknown for every request: warnings. */
import type { AttributeType } from '../plan.ts';
import type { Report } from '../report.ts';
import { type ConditionDocument, OPERATORS } from '../schema.ts';
import type { Path } from '../source.ts';
import type { Draft } from '../structure.ts';
import { hasOwn, present } from './draft.ts';

type Operator = (typeof OPERATORS)[number];

const TEXT: readonly AttributeType[] = ['string'];
const NUMBER: readonly AttributeType[] = ['number'];

/** The types that an operator can compare; what `equals` and `in` compare depends on their operands. */
const COMPARES: Partial<Record<Operator, readonly AttributeType[]>> = {
  startsWith: TEXT,
  endsWith: TEXT,
  contains: ['string', 'list'],
  matches: TEXT,
  gt: NUMBER,
  gte: NUMBER,
  lt: NUMBER,
  lte: NUMBER,
  semver: TEXT,
  before: TEXT,
  after: TEXT,
  inCidr: TEXT,
};

/** Reports each operator that can never answer. */
export function checkTypes(
  condition: ConditionDocument,
  path: Path,
  draft: Draft,
  report: Report,
): void {
  const name = condition.attribute as string;
  const source = hasOwn(draft.attributes, name) ? draft.attributes[name] : undefined;
  if (source === undefined) return;
  const type = source.type ?? 'string';
  for (const operator of present(condition, OPERATORS) as Operator[]) {
    const compares = typesOf(operator, condition);
    if (compares === undefined || compares.includes(type)) continue;
    const message = `\`${operator}\` compares ${compares.map((of) => `${of}s`).join(' or ')} here, and \`${name}\` is a ${type}`;
    const hint =
      source.type === undefined
        ? `add \`type: ${compares[0]}\` to the attribute \`${name}\``
        : undefined;
    report('TINCT_PLAN_ATTRIBUTE_TYPE', message, [...path, operator], hint, 'key');
  }
}

function typesOf(operator: Operator, { equals, in: members }: ConditionDocument) {
  if (operator === 'equals') return [typeof equals as AttributeType];
  if (operator === 'in') return [...new Set(members?.map((of) => typeof of as AttributeType))];
  return COMPARES[operator];
}
