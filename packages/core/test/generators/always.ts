/** A property of every decision: of each release of generated plans, for generated requests. */
import fc from 'fast-check';
import { type Decision, type DecisionContext, decide, type Release } from '../../src/index.ts';
import type { World } from '../oracle.ts';
import { compileWorld, type GeneratedPlan, worlds } from './plans.ts';
import { context } from './requests.ts';

const REQUESTS = 20;
export const contexts: fc.Arbitrary<DecisionContext[]> = fc.array(context, {
  minLength: REQUESTS,
  maxLength: REQUESTS,
});

/** What tap's tests can say. */
interface Reporter {
  comment(text: string): void;
  ok(of: unknown, name: string): void;
}

export interface Property {
  readonly seed: number;
  readonly runs: number;
  readonly world?: (of: GeneratedPlan) => World;
  readonly request?: (of: DecisionContext) => DecisionContext;
  readonly check: (decision: Decision, release: Release, of: DecisionContext, world: World) => void;
}

/** Holds the property against each decision, and prints how many there were. */
export function always(t: Reporter, { seed, runs, world, request, check }: Property): void {
  let decisions = 0;
  const property = fc.property(worlds, contexts, (generated, requests) => {
    const of = world === undefined ? generated.world : world(generated);
    for (const release of compileWorld(of).releases) {
      for (const one of requests.map((asked) => request?.(asked) ?? asked)) {
        check(decide(release, one), release.release, one, of);
        decisions++;
      }
    }
  });
  fc.assert(property, { seed, numRuns: runs });
  t.ok(decisions >= runs * REQUESTS, `${decisions} decisions`);
  t.comment(`seed ${seed}: ${runs} plans, ${decisions} decisions`);
}
