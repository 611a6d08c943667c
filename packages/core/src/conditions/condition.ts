/** Conditions compiled to one function, and the same walk written down for `explain`. */
import type { AttributeValue } from '../decide/types.ts';
import type { Comparison, Condition } from '../plan/plan.ts';
import { compileComparison, type Kleene, type Test } from './comparison.ts';

/** Attribute name → value. */
export type Attributes = Readonly<Record<string, AttributeValue | undefined>>;

export type ConditionTest = (attributes: Attributes) => Kleene;

/** An attribute's own value: `constructor` and its like are not attributes of everyone. */
export function attributeOf(attributes: Attributes, name: string): AttributeValue | undefined {
  return Object.hasOwn(attributes, name) ? attributes[name] : undefined;
}

/** All the comparisons of one attribute hold. */
function compileAttribute(name: string, comparisons: readonly Comparison[]): ConditionTest {
  const tests = comparisons.map(compileComparison).map(
    (test: Test): ConditionTest =>
      (attributes) =>
        test(attributeOf(attributes, name)),
  );
  const [only] = tests;
  return tests.length === 1 && only !== undefined ? only : compileAll(tests);
}

/** Kleene's *and*: false beats unknown, unknown beats true. */
function compileAll(tests: readonly ConditionTest[]): ConditionTest {
  return (attributes) => {
    let result: Kleene = true;
    for (const test of tests) {
      const value = test(attributes);
      if (value === false) return false;
      if (value === undefined) result = undefined;
    }
    return result;
  };
}

/** Kleene's *or*: true beats unknown, unknown beats false. */
function compileAny(tests: readonly ConditionTest[]): ConditionTest {
  return (attributes) => {
    let result: Kleene = false;
    for (const test of tests) {
      const value = test(attributes);
      if (value === true) return true;
      if (value === undefined) result = undefined;
    }
    return result;
  };
}

function negate(value: Kleene): Kleene {
  return value === undefined ? undefined : !value;
}

/** Compiles a condition that the plan's checks have accepted. */
export function compileCondition(condition: Condition): ConditionTest {
  switch (condition.kind) {
    case 'attribute':
      return compileAttribute(condition.attribute, condition.comparisons);
    case 'all':
      return compileAll(condition.conditions.map(compileCondition));
    case 'any':
      return compileAny(condition.conditions.map(compileCondition));
    case 'not': {
      const inner = compileCondition(condition.condition);
      return (attributes) => negate(inner(attributes));
    }
  }
}

/** A condition's result with the results inside it. */
export interface ConditionTrace {
  readonly text: string;
  readonly result: 'true' | 'false' | 'unknown';
  readonly inside: readonly ConditionTrace[];
}

export function kleeneText(value: Kleene): ConditionTrace['result'] {
  return value === undefined ? 'unknown' : value ? 'true' : 'false';
}

/** Every comparison of a condition with its result for these attributes. */
export function traceCondition(condition: Condition, attributes: Attributes): ConditionTrace {
  const result = kleeneText(compileCondition(condition)(attributes));
  const inside = innerConditions(condition).map((inner) => traceCondition(inner, attributes));
  return { text: conditionText(condition, attributes), result, inside };
}

function innerConditions(condition: Condition): readonly Condition[] {
  if (condition.kind === 'attribute') return [];
  return condition.kind === 'not' ? [condition.condition] : condition.conditions;
}

function conditionText(condition: Condition, attributes: Attributes): string {
  if (condition.kind !== 'attribute') return condition.kind;
  const value = attributeOf(attributes, condition.attribute);
  const asked = condition.comparisons.map(({ op, operand }) => `${op} ${JSON.stringify(operand)}`);
  const has = value === undefined ? 'has no value' : `is ${JSON.stringify(value)}`;
  return `${condition.attribute} ${asked.join(' and ')} (${condition.attribute} ${has})`;
}
