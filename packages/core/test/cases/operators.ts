/** How cases of operators are written: what is asked, and the values for which it is true, false and unknown. */
import { type CaseGroup, type CaseSource, type Json, plan, release } from './build.ts';

export type Result = 'true' | 'false' | 'unknown';
type Value = string | number | boolean | readonly string[] | undefined;

export interface Asked {
  /** The attribute is `a`, unless it says otherwise. */
  readonly when: Json;
  readonly values: readonly (readonly [Result, ...Value[]])[];
}

export const MISSING = undefined;

export const EXPECTED: Record<Result, string> = {
  true: 'v2 TARGETING_MATCH 0',
  false: 'v3 TARGETING_MATCH 1',
  unknown: 'v1 DEFAULT',
};

/** Two rules tell the three values apart: what is neither true nor false after *not* is unknown. */
export const threeWay = (when: Json): Json =>
  release([
    { when, variant: 'v2' },
    { when: { not: when }, variant: 'v3' },
  ]);

const shown = (value: Value): string => {
  const text = value === undefined ? 'missing' : JSON.stringify(value);
  return text.length > 50 ? `${text.slice(0, 20)}… (${text.length - 2} characters)` : text;
};

export const declare = (...names: string[]): Json => ({
  attributes: Object.fromEntries(names.map((name) => [name, { claim: name }])),
});

/** The plan of these conditions, and a case for each value. */
export function operatorCases(plan_: string, asked: Readonly<Record<string, Asked>>): CaseGroup {
  const whens = Object.entries(asked).map(([name, { when }]) => [
    name,
    threeWay({ attribute: 'a', ...when }),
  ]);
  const cases = Object.entries(asked).flatMap(([name, { when, values }]) =>
    values.flatMap(([result, ...of]) =>
      of.map(
        (value): CaseSource => ({
          name: `${JSON.stringify(when)} of ${shown(value)} is ${result}`,
          plan: plan_,
          release: name,
          context: {
            units: { user: 'alice' },
            ...(value !== undefined && { attributes: { a: value } }),
          },
          expect: [EXPECTED[result]],
        }),
      ),
    ),
  );
  return {
    plans: { [plan_]: plan(Object.fromEntries(whens), declare('a', 'constructor')) },
    cases,
  };
}
