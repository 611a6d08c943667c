/** What runs inside a program: an edge, or an ext_authz server; what it is started with, and what it can be asked. */
import type { ErrorReport, Finding, TinctError } from '@tinct/core';
import type { IssuerNews, KeySet, Killed, PlanInForce, PlanSource, PlanStore } from '@tinct/sdk';
import type { ProxyConfig } from '../config/schema.ts';
import type { EdgeAddress } from '../downstream/listen.ts';
import type { Inquiry } from '../exchange.ts';
import type { GateStats } from '../gate.ts';
import type { Served, Unreadable } from '../options.ts';
import type { EdgeErrorNews } from '../record/error-news.ts';
import type { FailureStats } from '../record/failures.ts';
import type { PlanStats } from '../record/plan-history.ts';
import type { EdgeStats, Measured } from '../record/recorder.ts';
import type { Logger } from './log.ts';

/** What decides requests: an edge, or an ext_authz server. */
export interface Engine {
  readonly address: EdgeAddress;
  readonly plan: Pick<PlanStore, 'current' | 'status' | 'load'> & {
    /** As the store's; a promise where it takes others to be in force. */
    kill(release: string): Killed | undefined | Promise<Killed | undefined>;
  };
  /** Errors of the last hour, by release. Absent where nobody sees answers. */
  errors?: () => ReadonlyMap<string, ErrorReport>;
  stats(): EngineStats;
  measured(): EngineMeasured;
  /** From now on durations have examples: the last sampled trace of each bucket. */
  wantExamples(): void;
  useKeys(keys: KeySet | undefined): void;
  /** Reads again what it was started with beside plan and keys. Rejects with a `TinctError` where that is no use. */
  renew?: () => Promise<void>;
  retire(): void;
  close(): Promise<void>;
}

/** `strangers`: who asked an ext_authz server and was not a gateway. `deaths`: workers that had to be replaced. */
type Beside = GateStats &
  FailureStats &
  PlanStats & { readonly strangers?: number; readonly deaths?: number };
export type EngineStats = EdgeStats & Beside;
/** What metrics are made of. */
export type EngineMeasured = Measured & Beside;

/** What the configurations of all programs have. */
export type ProgramConfig = Pick<
  ProxyConfig,
  'plan' | 'state' | 'keys' | 'shutdown' | 'admin' | 'log'
>;

/** What an engine is started with, beside what its own configuration says. */
export interface EngineOptions {
  readonly plan: PlanSource;
  readonly keys?: KeySet;
  readonly killed?: ReadonlyMap<string, number>;
  readonly onAccepted: (accepted: PlanInForce) => void;
  readonly onRefused: (findings: readonly Finding[]) => void;
  readonly onMended: () => void;
  readonly onIssuer: (news: IssuerNews) => void;
  readonly onTlsRefused: (error: TinctError) => void;
  readonly onServed: ((served: Served<Inquiry>) => void) | undefined;
  readonly onNewError: (news: EdgeErrorNews) => void;
  readonly onUnreadable: ((unreadable: Unreadable) => void) | undefined;
  readonly now: () => number;
  readonly log: Logger;
  /** Takes a line that was written elsewhere. */
  readonly onLine: (line: string) => void;
  /** Whether each request has a line; else those whose upstream failed. */
  readonly logsRequests: boolean;
}
