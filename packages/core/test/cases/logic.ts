/** all, any and not over true, false and unknown: Kleene's tables. */
import { type CaseGroup, type CaseSource, type Json, plan } from './build.ts';
import { declare, EXPECTED, type Result, threeWay } from './operators.ts';

const A = { attribute: 'a', equals: true };
const B = { attribute: 'b', equals: true };

/** Kleene's tables: `t`, `f` and `u` for the two attributes. */
const LOGIC: Readonly<
  Record<string, readonly [when: Json, results: Readonly<Record<string, Result>>]>
> = {
  all: [
    { all: [A, B] },
    {
      tt: 'true',
      tf: 'false',
      ft: 'false',
      ff: 'false',
      tu: 'unknown',
      ut: 'unknown',
      fu: 'false',
      uf: 'false',
      uu: 'unknown',
    },
  ],
  any: [
    { any: [A, B] },
    {
      tt: 'true',
      tf: 'true',
      ft: 'true',
      ff: 'false',
      tu: 'true',
      ut: 'true',
      fu: 'unknown',
      uf: 'unknown',
      uu: 'unknown',
    },
  ],
  not: [{ not: A }, { tu: 'false', fu: 'true', uu: 'unknown' }],
  'not-not': [{ not: { not: A } }, { tu: 'true', uu: 'unknown' }],
  nested: [
    { all: [{ any: [A, B] }, { not: { all: [A, B] } }] },
    { tt: 'false', tf: 'true', tu: 'unknown', uf: 'unknown', ff: 'false' },
  ],
};

const FLAGS: Record<string, boolean | undefined> = { t: true, f: false, u: undefined };

function logicCases(): CaseSource[] {
  return Object.entries(LOGIC).flatMap(([name, [, results]]) =>
    Object.entries(results).map(([[a = '', b = ''], result]): CaseSource => {
      const attributes = Object.fromEntries(
        [
          ['a', FLAGS[a]],
          ['b', FLAGS[b]],
        ].filter(([, flag]) => flag !== undefined),
      );
      return {
        name: `${name} of ${a} and ${b} is ${result}`,
        plan: 'logic',
        release: name,
        context: { units: { user: 'alice' }, attributes },
        expect: [EXPECTED[result]],
      };
    }),
  );
}

const logicPlan = plan(
  Object.fromEntries(Object.entries(LOGIC).map(([name, [when]]) => [name, threeWay(when)])),
  declare('a', 'b'),
);

export const logic: CaseGroup = { plans: { logic: logicPlan }, cases: logicCases() };
