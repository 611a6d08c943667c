/** The last good plan, with its lists: read again when it changes, and kept when that fails. */
import {
  acceptPlan,
  type CompiledPlan,
  compilePlan,
  type Finding,
  hasErrors,
  type IdList,
  type Plan,
  parsePlan,
  placed,
} from '@tinct/core';
import { Failures, warnByProcess } from '../inbound/failures.ts';
import { loadLists } from '../lists/index.ts';
import { findingsOf, sameFindings } from './findings.ts';
import { listsFor } from './lists.ts';
import type { PlanText, Watch } from './source.ts';
import type {
  Killed,
  PlanInForce,
  PlanListener,
  PlanStatus,
  PlanStoreOptions,
  RefusedPlan,
} from './status.ts';

const MAX_RETRY_MS = 30_000;

/**
 * Holds the last good pair of plan and lists. Whatever fails, the pair in force stays, and why is reported.
 *
 * Loads may overlap. Each has a turn, and the newest plan that is fit to come into force is the one that does:
 * once it is known, older ones are dropped wherever they are.
 */
export class PlanStore {
  readonly #options: PlanStoreOptions;
  readonly #now: () => number;
  readonly #closing = new AbortController();
  readonly #killed: Map<string, number>;
  readonly #listeners = new Set<PlanListener>();
  readonly #hookFailed: (error: unknown) => void;
  #inForce: PlanInForce | undefined;
  #refused: (RefusedPlan & { readonly turn: number }) | undefined;
  #turn = 0;
  /** The reading begun last. */
  #latest: Promise<void> = Promise.resolve();
  /** The turn of the newest plan found fit. */
  #fit = 0;
  #loading: AbortController | undefined;
  #watch: Watch | undefined;
  #retry: NodeJS.Timeout | undefined;
  #failures = 0;

  constructor(options: PlanStoreOptions) {
    this.#options = options;
    this.#now = options.now ?? Date.now;
    this.#killed = new Map(options.killed);
    const failures = new Failures(warnByProcess, this.#now);
    this.#hookFailed = options.onHookFailed ?? ((error) => failures.add('hook.failed', error));
  }

  /** The plan in force: what each request decides by. */
  current(): CompiledPlan | undefined {
    return this.#inForce?.compiled;
  }

  status(): PlanStatus {
    return {
      source: this.#options.source.name,
      inForce: this.#inForce,
      refused: this.#refused,
      killed: new Map(this.#killed),
    };
  }

  /** What is returned ends it. */
  watch(listener: PlanListener): () => void {
    this.#listeners.add(listener);
    return () => void this.#listeners.delete(listener);
  }

  /** Watches the source from now on and loads what it holds. */
  start(): Promise<PlanStatus> {
    this.#watch ??= this.#options.source.watch(() => this.#changed());
    return this.load();
  }

  /**
   * Ends the epoch of a release: in force when this returns, and whatever plan of the same epoch follows.
   * `undefined`: the plan in force has no such release. `known`: an epoch that was ended elsewhere; a plan that brings it later finds it ended.
   */
  kill(release: string, known = 0): Killed | undefined {
    const held = this.#inForce;
    const found = held?.compiled.releases.find(({ name }) => name === release);
    const before = Math.max(known, this.#killed.get(release) ?? 0);
    if (before > 0) this.#killed.set(release, before);
    if (held === undefined || found === undefined) return undefined;
    const epoch = Math.max(found.release.epoch, before);
    this.#killed.set(release, epoch);
    const { plan, revision } = held.compiled;
    const compiled = compilePlan(plan, { lists: held.lists, killed: this.#killed });
    this.#inForce = { ...held, compiled };
    this.#tell();
    return { release, epoch, revision };
  }

  close(): void {
    this.#closing.abort();
    this.#loading?.abort();
    this.#watch?.close();
    clearTimeout(this.#retry);
  }

  /**
   * Reads the source once. Never rejects: what went wrong is in the status. Where a newer reading overtakes it, as when a
   * file's watcher sees the same change, it resolves with that one: not before what the source holds is in force.
   */
  async load(): Promise<PlanStatus> {
    const turn = ++this.#turn;
    clearTimeout(this.#retry);
    this.#latest = this.#read(turn);
    for (let awaited: Promise<void> | undefined; awaited !== this.#latest; ) {
      awaited = this.#latest;
      await awaited;
    }
    return this.status();
  }

  async #read(turn: number): Promise<void> {
    try {
      await this.#attempt(turn);
    } catch (error) {
      this.#refuse(turn, findingsOf(error));
      this.#tryAgainLater(turn);
    }
  }

  #changed(): void {
    this.#failures = 0;
    void this.load();
  }

  async #attempt(turn: number): Promise<void> {
    const { source, inspect } = this.#options;
    const read = await source.read(this.#closing.signal);
    const { text, file } = read;
    const parsed = parsePlan(text, { file });
    const { plan } = parsed;
    if (plan === undefined) return this.#refuse(turn, parsed.findings);
    const { unchanged, findings } = acceptPlan(this.#inForce?.compiled.plan, plan);
    const later = placed([...findings, ...(inspect?.(plan) ?? [])], text, file);
    const found = [...parsed.findings, ...later];
    if (hasErrors(found)) return this.#refuse(turn, found);
    const signal = this.#claim(turn);
    if (signal === undefined) return;
    if (unchanged) return this.#written(turn);
    await this.#bring(turn, plan, read, found, signal);
  }

  /** The plan in force was read again: what was wrong between is over. */
  #written(turn: number): void {
    const before = this.#refused;
    this.#forgiveUpTo(turn);
    if (this.#refused !== before) this.#tell();
  }

  /** From here on no older plan comes into force; `undefined` if a newer one was here first. */
  #claim(turn: number): AbortSignal | undefined {
    if (turn < this.#fit || this.#closing.signal.aborted) return undefined;
    this.#fit = turn;
    this.#loading?.abort();
    this.#loading = new AbortController();
    return this.#loading.signal;
  }

  async #bring(
    turn: number,
    plan: Plan,
    text: PlanText,
    findings: readonly Finding[],
    signal: AbortSignal,
  ): Promise<void> {
    const held = this.#inForce?.lists ?? new Map<string, IdList>();
    const warnings: Finding[] = [];
    const warn = (found: Finding) => void warnings.push(found);
    const load = this.#options.loadLists ?? loadLists;
    const lists = await listsFor(plan, held, (missing) =>
      load(missing, text.baseDir, { signal, warn }),
    );
    if (signal.aborted) return;
    this.#rememberAborts(plan);
    const compiled = compilePlan(plan, { lists, killed: this.#killed });
    this.#inForce = {
      compiled,
      lists,
      text,
      findings: [...findings, ...warnings],
      since: this.#now(),
    };
    this.#forgiveUpTo(turn);
    const inForce = this.#inForce;
    this.#carefully(() => this.#options.onAccepted?.(inForce));
    this.#tell();
  }

  #tell(): void {
    const status = this.status();
    for (const listener of this.#listeners) this.#carefully(() => listener(status));
  }

  /** Those who are told change nothing of what they are told: one that throws neither refuses a plan nor keeps the next from hearing. */
  #carefully(tell: () => void): void {
    try {
      tell();
    } catch (error) {
      this.#hookFailed(error);
    }
  }

  /** An abort is final for its epoch, also when the release leaves the plan and comes back. */
  #rememberAborts(plan: Plan): void {
    for (const { name, state, epoch } of Object.values(plan.releases))
      if (state === 'aborted') this.#killed.set(name, Math.max(epoch, this.#killed.get(name) ?? 0));
  }

  #forgiveUpTo(turn: number): void {
    this.#failures = 0;
    if (this.#refused !== undefined && this.#refused.turn < turn) this.#refused = undefined;
  }

  #refuse(turn: number, findings: readonly Finding[]): void {
    const before = this.#refused;
    const overtaken = turn < this.#fit || turn < (before?.turn ?? 0);
    if (overtaken || this.#closing.signal.aborted) return;
    const again = before !== undefined && sameFindings(before.findings, findings);
    this.#refused = { turn, findings, since: again ? before.since : this.#now() };
    if (again) return;
    this.#carefully(() => this.#options.onRefused?.(findings));
    this.#tell();
  }

  /** A file that is not there yet, or a list that did not come, may mend itself without the plan changing. */
  #tryAgainLater(turn: number): void {
    if (turn !== this.#turn || this.#closing.signal.aborted) return;
    const wait = Math.min((this.#options.retryMs ?? 1000) * 2 ** this.#failures, MAX_RETRY_MS);
    this.#failures += 1;
    this.#retry = setTimeout(() => void this.load(), wait).unref();
  }
}
