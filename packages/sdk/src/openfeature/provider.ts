/**
 * Tinct behind OpenFeature's API: a release is a flag.
 *
 * ```ts
 * await OpenFeature.setProviderAndWait(new TinctProvider(createTinct({ trust: 'mesh', plan: 'plan.yaml' })));
 * await client.getStringValue('my-service', 'v1', { targetingKey: '123' }); // the variant
 * await client.getBooleanValue('my-service', false); // whether it is another than stable
 * ```
 */
import {
  type EvaluationContext,
  GeneralError,
  type JsonValue,
  OpenFeatureEventEmitter,
  type Provider,
  ProviderEvents,
  type ResolutionDetails,
  TypeMismatchError,
} from '@openfeature/server-sdk';
import type { PlanStatus } from '../plan/status.ts';
import type { Tinct } from '../tinct.ts';
import { changedReleases } from './changes.ts';
import { type Answer, ask, isNotStable, metadataOf, reasonOf } from './evaluate.ts';

export interface TinctProviderOptions {
  /** Release → its stable variant, for a service without a plan whose flags are read as booleans. */
  readonly stable?: Readonly<Record<string, string>> | undefined;
  /** Milliseconds since the epoch. Default `Date.now`. */
  readonly now?: (() => number) | undefined;
}

/** A provider for `@openfeature/server-sdk`. Closing it leaves the Tinct that it was given open. */
export class TinctProvider implements Provider {
  readonly metadata = { name: 'tinct' } as const;
  readonly runsOn = 'server' as const;
  readonly events: OpenFeatureEventEmitter = new OpenFeatureEventEmitter();
  readonly #tinct: Tinct;
  readonly #stable: Readonly<Record<string, string>>;
  readonly #now: () => number;
  #unwatch: (() => void) | undefined;
  #last: PlanStatus | undefined;

  constructor(tinct: Tinct, { stable = {}, now = Date.now }: TinctProviderOptions = {}) {
    this.#tinct = tinct;
    this.#stable = stable;
    this.#now = now;
  }

  /** @throws {GeneralError} when the first plan could not be had; when one comes later, the provider says it is ready */
  async initialize(): Promise<void> {
    const { plan } = this.#tinct;
    await this.#tinct.ready();
    if (plan === undefined) return;
    this.#last = plan.status();
    this.#unwatch ??= plan.watch((status) => this.#changed(status));
    if (this.#last.inForce === undefined) throw new GeneralError(why(this.#last));
  }

  async onClose(): Promise<void> {
    this.#unwatch?.();
    this.#unwatch = undefined;
  }

  async resolveStringEvaluation(
    key: string,
    _otherwise: string,
    context: EvaluationContext,
  ): Promise<ResolutionDetails<string>> {
    const answer = this.#ask(key, context);
    return this.#details(answer, answer.decision.variant);
  }

  async resolveBooleanEvaluation(
    key: string,
    _otherwise: boolean,
    context: EvaluationContext,
  ): Promise<ResolutionDetails<boolean>> {
    const answer = this.#ask(key, context);
    return this.#details(answer, isNotStable(answer));
  }

  async resolveNumberEvaluation(
    key: string,
    _otherwise: number,
    context: EvaluationContext,
  ): Promise<ResolutionDetails<number>> {
    throw this.#mismatch(key, context);
  }

  async resolveObjectEvaluation<T extends JsonValue>(
    key: string,
    _otherwise: T,
    context: EvaluationContext,
  ): Promise<ResolutionDetails<T>> {
    throw this.#mismatch(key, context);
  }

  #ask(key: string, context: EvaluationContext): Answer {
    const compiled = this.#tinct.plan?.current();
    return ask(key, context, { compiled, stable: this.#stable, now: this.#now() });
  }

  #details<T>(answer: Answer, value: T): ResolutionDetails<T> {
    const { decision } = answer;
    const flagMetadata = metadataOf(decision, this.#tinct.plan?.current()?.plan.name);
    return { value, variant: decision.variant, reason: reasonOf(decision), flagMetadata };
  }

  #mismatch(key: string, context: EvaluationContext): TypeMismatchError {
    const { decision } = this.#ask(key, context);
    return new TypeMismatchError(`\`${decision.release}\` is a text or a boolean`);
  }

  #changed(status: PlanStatus): void {
    const before = this.#last;
    this.#last = status;
    this.#tellHealth(before, status);
    const [old, now] = [before?.inForce?.compiled, status.inForce?.compiled];
    const flagsChanged = old === now ? [] : changedReleases(old, now);
    if (flagsChanged.length > 0)
      this.events.emit(ProviderEvents.ConfigurationChanged, { flagsChanged });
  }

  #tellHealth(before: PlanStatus | undefined, now: PlanStatus): void {
    const [old, health] = [healthOf(before), healthOf(now)];
    if (health === ProviderEvents.Ready && old !== health) this.events.emit(health);
    else if (health !== ProviderEvents.Ready) this.events.emit(health, { message: why(now) });
  }
}

type Health = ProviderEvents.Ready | ProviderEvents.Stale | ProviderEvents.Error;

/** A plan that was refused, or could not be read, leaves the last good one in force: it may be out of date. */
function healthOf(status: PlanStatus | undefined): Health {
  if (status?.inForce === undefined) return ProviderEvents.Error;
  return status.refused === undefined ? ProviderEvents.Ready : ProviderEvents.Stale;
}

function why({ refused, source }: PlanStatus): string {
  const [finding] = refused?.findings ?? [];
  return finding === undefined ? `no plan has come from ${source} yet` : finding.message;
}
