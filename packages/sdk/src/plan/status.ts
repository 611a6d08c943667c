/** What a plan store is given, and what it says of the plan that it holds. */
import type { CompiledPlan, Finding, IdList, Plan } from '@tinct/core';
import type { LoadLists } from './lists.ts';
import type { PlanSource, PlanText } from './source.ts';

/** A plan and its lists, in force. */
export interface PlanInForce {
  readonly compiled: CompiledPlan;
  readonly lists: ReadonlyMap<string, IdList>;
  /** What was read. */
  readonly text: PlanText;
  /** Warnings: the plan's own, its lists', and what {@link PlanStoreOptions.inspect} said. */
  readonly findings: readonly Finding[];
  /** Milliseconds since the epoch. */
  readonly since: number;
}

/** What was read last and did not come into force. */
export interface RefusedPlan {
  readonly findings: readonly Finding[];
  readonly since: number;
}

export interface PlanStatus {
  readonly source: string;
  readonly inForce: PlanInForce | undefined;
  /** Absent once something was accepted after it, or the plan in force was written back. */
  readonly refused: RefusedPlan | undefined;
  /** Release → the highest epoch that an abort has ended. */
  readonly killed: ReadonlyMap<string, number>;
}

/** An abort that came otherwise than by the plan. */
export interface Killed {
  readonly release: string;
  /** No plan of this epoch, or a lower one, brings the release back. */
  readonly epoch: number;
  readonly revision: number;
}

export interface PlanStoreOptions {
  readonly source: PlanSource;
  /** Default: from files. */
  readonly loadLists?: LoadLists | undefined;
  /** What the program at hand has to say about a plan; an error refuses it. */
  readonly inspect?: ((plan: Plan) => readonly Finding[]) | undefined;
  /** Release → epoch that was aborted before this process began. */
  readonly killed?: ReadonlyMap<string, number> | undefined;
  readonly onAccepted?: ((accepted: PlanInForce) => void) | undefined;
  /** Not called again while the same attempt fails in the same way. */
  readonly onRefused?: ((findings: readonly Finding[]) => void) | undefined;
  /** Hears what one of those who are told of plans threw; it goes no further. Default: Node's warnings, at most once a minute. */
  readonly onHookFailed?: ((error: unknown) => void) | undefined;
  /** Default `Date.now`. */
  readonly now?: (() => number) | undefined;
  /** The first wait before what could not be read is tried again; doubles up to 30 s. Default 1000. */
  readonly retryMs?: number | undefined;
}

/** Hears of each plan that comes into force or is refused, and of each abort. What it throws is counted and goes no further. */
export type PlanListener = (status: PlanStatus) => void;
