/** What decides, without what the requests come from and go to: plan, identity, cookies and their counters. */
import type { Finding, Plan } from '@tinct/core';
import { type KeySet, PlanStore, PlanViews, TokenVerifier, unsupportedSources } from '@tinct/sdk';
import type { EdgeOptions, Settings } from './options.ts';
import type { FailureStats } from './record/failures.ts';
import { type EdgeStats, Recorder } from './record/recorder.ts';
import { Visitors } from './visitor/visitors.ts';

/** What is told of plans, and where they come from. */
export type BrainOptions = Pick<
  EdgeOptions,
  'plan' | 'loadLists' | 'onAccepted' | 'onRefused' | 'killed' | 'ledger'
>;

export interface Brain {
  readonly plans: PlanStore;
  readonly views: PlanViews;
  readonly visitors: Visitors;
  readonly recorder: Recorder;
  /** Milliseconds since the epoch. */
  readonly now: () => number;
  stats(): EdgeStats & FailureStats;
  /** From now on only what these keys signed is believed, and the first of them signs. */
  useKeys(keys: KeySet | undefined): void;
  close(): void;
}

/** `inspect`: what else has to hold of a plan here. */
export function createBrain(
  options: BrainOptions,
  { now, visitor }: Pick<Settings, 'now' | 'visitor'>,
  inspect: (plan: Plan) => readonly Finding[] = () => [],
): Brain {
  const recorder = new Recorder(options.ledger);
  const abilities = { tokens: true, issued: visitor.keys !== undefined };
  const plans = new PlanStore({
    source: options.plan,
    loadLists: options.loadLists,
    now,
    inspect: (plan: Plan) => [...unsupportedSources(plan, abilities), ...inspect(plan)],
    onAccepted: (accepted) => {
      recorder.expect(accepted.compiled.plan);
      options.onAccepted?.(accepted);
    },
    onRefused: options.onRefused,
    killed: options.killed,
  });
  const visitors = new Visitors({ visitor, now }, options.ledger);
  const tokens = new TokenVerifier({ ...visitor.tokens, now });
  const views = new PlanViews(tokens, visitor.keys !== undefined);
  return {
    plans,
    views,
    visitors,
    recorder,
    now,
    stats: () => ({ ...recorder.stats(), ...visitors.failures.stats() }),
    useKeys: (keys) => visitors.use(keys),
    close() {
      plans.close();
      tokens.close();
    },
  };
}
