/** What decides, without what the requests come from and go to: plan, identity, cookies and their counters. */
import type { Finding, Plan } from '@tinct/core';
import { type KeySet, PlanStore, PlanViews, TokenVerifier, unsupportedSources } from '@tinct/sdk';
import type { EdgeOptions, Settings } from './options.ts';
import type { FailureStats } from './record/failures.ts';
import { PlanHistory, type PlanStats } from './record/plan-history.ts';
import { type EdgeStats, type Measured, Recorder } from './record/recorder.ts';
import { Roster } from './record/roster.ts';
import { Visitors } from './visitor/visitors.ts';

/** What is told of plans, and where they come from. */
export type BrainOptions = Pick<
  EdgeOptions,
  | 'plan'
  | 'loadLists'
  | 'onAccepted'
  | 'onRefused'
  | 'onMended'
  | 'onIssuer'
  | 'killed'
  | 'ledger'
  | 'metrics'
>;

export interface Brain {
  readonly plans: PlanStore;
  readonly views: PlanViews;
  readonly visitors: Visitors;
  readonly recorder: Recorder;
  /** The releases that are counted. */
  readonly roster: Roster;
  /** What became of plans. */
  readonly history: PlanHistory;
  /** Milliseconds since the epoch. */
  readonly now: () => number;
  stats(): EdgeStats & FailureStats & PlanStats;
  measured(): Measured & FailureStats & PlanStats;
  /** From now on durations have examples of traces. */
  wantExamples(): void;
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
  const recorder = new Recorder(options.ledger, now, options.metrics);
  const roster = new Roster();
  const history = new PlanHistory();
  const abilities = { tokens: true, issued: visitor.keys !== undefined };
  const plans = new PlanStore({
    source: options.plan,
    loadLists: options.loadLists,
    now,
    inspect: (plan: Plan) => [...unsupportedSources(plan, abilities), ...inspect(plan)],
    onAccepted: (accepted) => {
      roster.expect(accepted.compiled.plan, now());
      recorder.expectShapes(roster.shapes(now()));
      options.onAccepted?.(accepted);
    },
    onRefused(findings) {
      history.refused();
      options.onRefused?.(findings);
    },
    killed: options.killed,
  });
  plans.watch((status) => {
    if (history.noted(status, now())) options.onMended?.();
  });
  const visitors = new Visitors({ visitor, now }, options.ledger);
  const tokens = new TokenVerifier({ ...visitor.tokens, now, onIssuer: options.onIssuer });
  const told = () => {
    recorder.expectShapes(roster.shapes(now()));
    return { ...visitors.failures.stats(), ...history.stats(), analyses: roster.analyses() };
  };
  const views = new PlanViews(tokens, visitor.keys !== undefined);
  return {
    plans,
    views,
    visitors,
    recorder,
    roster,
    history,
    now,
    stats: () => ({ ...told(), ...recorder.stats() }),
    wantExamples: recorder.wantExamples,
    measured: () => ({ ...told(), ...recorder.measured() }),
    useKeys: (keys) => visitors.use(keys),
    close() {
      plans.close();
      tokens.close();
    },
  };
}
