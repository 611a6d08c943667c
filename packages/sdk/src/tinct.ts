/** The composition root of the middleware: options become something that requests enter. */
import { isApart } from './context/storage.ts';
import type { RequestContext } from './context/types.ts';
import { Carrier, EMPTY_CONTEXT } from './inbound/carry.ts';
import { type DecidedRequest, Decider } from './inbound/decider.ts';
import { ObservedRequest, QuietRequest } from './inbound/entered.ts';
import { type Failure, Failures } from './inbound/failures.ts';
import type { CacheMarking, Entered, Incoming, Observer } from './inbound/incoming.ts';
import { Observers } from './inbound/observers.ts';
import { ColorReader, NO_COLORS } from './inbound/read-colors.ts';
import { resolveOptions, type Settings, type TinctOptions } from './options.ts';
import {
  colorGlobalFetch,
  type DispatchInterceptor,
  dispatchInterceptor,
} from './outbound/dispatcher.ts';
import { colorNodeHttp } from './outbound/node-http.ts';
import { Outbound } from './outbound/outbound.ts';
import { watchWire } from './outbound/wire.ts';
import type { PlanStore } from './plan/store.ts';
import { SERVED_HEADER } from './served/version.ts';

/** Tinct in a service. Adapters take one, or the options of one. */
export interface Tinct {
  /** Whether there is a plan to decide by. */
  readonly mode: 'carry' | 'decide';
  /** Never throws and never rejects. A promise only where a token is verified, or the first plan is waited for. */
  enter(incoming: Incoming): Entered | Promise<Entered>;
  /** Outbound calls, for clients that no adapter knows. */
  readonly outbound: Outbound;
  /** For `dispatcher.compose` of undici. */
  readonly interceptor: DispatchInterceptor;
  /** The plan in force, and what was refused last; absent where there is none to decide by. */
  readonly plan: Pick<PlanStore, 'current' | 'status' | 'load' | 'kill' | 'watch'> | undefined;
  /** Which version this service says it is. */
  readonly served: string | undefined;
  /** Failure → how often. What never happened is absent. */
  stats(): Readonly<Partial<Record<Failure, number>>>;
  /** Hears of requests from now on; what is returned ends it. */
  observe(observer: Observer): () => void;
  /** Resolves when the first plan came into force or was refused; at once where there is none. */
  ready(): Promise<void>;
  /** Takes back what was patched, and watches no plan any more. */
  close(): void;
}

/** Whether somebody has made a Tinct of the options already. */
export function isTinct(value: TinctOptions | Tinct): value is Tinct {
  return typeof (value as Partial<Tinct>).enter === 'function';
}

/**
 * Tinct for a service.
 *
 * @throws {TinctError} for an option that doesn't fit. Nothing else that goes wrong throws: what went wrong is logged and
 * counted, and requests go on as if Tinct weren't there.
 */
export function createTinct(options: TinctOptions): Tinct {
  return new Service(resolveOptions(options), options);
}

/** Adapters' way to take both. */
export function tinctOf(given: TinctOptions | Tinct): Tinct {
  return isTinct(given) ? given : createTinct(given);
}

const NOTHING_SAID: Entered['responseHeaders'] = [];

class Service implements Tinct {
  readonly mode: 'carry' | 'decide';
  readonly outbound: Outbound;
  readonly interceptor: DispatchInterceptor;
  readonly plan: PlanStore | undefined;
  readonly served: string | undefined;
  readonly #settings: Settings;
  readonly #failures: Failures;
  readonly #observers: Observers;
  readonly #carrier: Carrier;
  readonly #decider: Decider | undefined;
  readonly #started: Promise<void>;
  readonly #undo: (() => void)[] = [];
  /** What each response within the mesh says. */
  readonly #said: Entered['responseHeaders'];
  #isStarted: boolean;

  constructor(settings: Settings, options: TinctOptions) {
    this.#settings = settings;
    const failures = new Failures(settings.log, settings.now);
    this.#failures = failures;
    this.#observers = new Observers(options.observers ?? [], failures);
    const releaseOf = new Map([...settings.headerOf].map(([name, header]) => [header, name]));
    this.#carrier = new Carrier(new ColorReader(releaseOf, failures.add), settings.headerOf);
    this.#decider = settings.plan && new Decider(settings.plan, settings, options, failures);
    this.mode = this.#decider === undefined ? 'carry' : 'decide';
    this.plan = this.#decider?.store;
    this.served = settings.served;
    this.#said = this.served === undefined ? NOTHING_SAID : [[SERVED_HEADER, this.served]];
    this.outbound = this.#outboundOf();
    this.interceptor = dispatchInterceptor(this.outbound);
    if (settings.colorsFetch)
      this.#undo.push(colorGlobalFetch(this.interceptor), watchWire(this.outbound));
    if (settings.colorsHttp) this.#undo.push(colorNodeHttp(this.outbound));
    this.#isStarted = this.#decider === undefined;
    this.#started = this.#start();
    this.#warn();
  }

  enter(incoming: Incoming): Entered | Promise<Entered> {
    try {
      if (!this.#isStarted) return this.#started.then(() => this.enter(incoming));
      const isTrusted = this.#isTrusted(incoming);
      if (this.#decider === undefined) return this.#carried(incoming, isTrusted);
      const carried = isTrusted ? this.#decider.read(incoming.rawHeaders) : NO_COLORS;
      const found = this.#decider.decide(incoming, carried);
      return found instanceof Promise
        ? found.then(
            (late) => this.#decided(incoming, isTrusted, late),
            (error) => this.#failed(incoming, error),
          )
        : this.#decided(incoming, isTrusted, found);
    } catch (error) {
      return this.#failed(incoming, error);
    }
  }

  stats(): Readonly<Partial<Record<Failure, number>>> {
    return this.#failures.stats();
  }

  observe(observer: Observer): () => void {
    return this.#observers.add(observer);
  }

  ready(): Promise<void> {
    return this.#started;
  }

  close(): void {
    for (const undo of this.#undo.splice(0)) undo();
    this.#decider?.close();
  }

  #carried(incoming: Incoming, isTrusted: boolean): Entered {
    const context = isTrusted ? this.#carrier.contextOf(incoming.rawHeaders) : EMPTY_CONTEXT;
    return this.#entered(incoming, context, this.#saidTo(isTrusted), undefined);
  }

  #decided(
    incoming: Incoming,
    isTrusted: boolean,
    { context, setCookie, marking }: DecidedRequest,
  ): Entered {
    const said = this.#saidTo(isTrusted);
    const headers: Entered['responseHeaders'] =
      setCookie === undefined ? said : [['set-cookie', setCookie], ...said];
    return this.#entered(incoming, context, headers, marking);
  }

  #isTrusted({ peer }: Incoming): boolean {
    const trusted = this.#settings.believesColors(peer);
    if (trusted === undefined) this.#failures.add('peer.unknown');
    return trusted === true;
  }

  /** Within the mesh only: clients that come directly need not know which versions there are. */
  #saidTo(isTrusted: boolean): Entered['responseHeaders'] {
    return isTrusted ? this.#said : NOTHING_SAID;
  }

  #entered(
    incoming: Incoming,
    context: RequestContext,
    headers: Entered['responseHeaders'],
    marking: CacheMarking | undefined,
  ): Entered {
    const observers = this.#observers;
    if (observers.isEmpty) return new QuietRequest(context, headers, marking);
    observers.entered(context, incoming);
    return new ObservedRequest(observers, incoming, context, headers, marking);
  }

  #failed(incoming: Incoming, error: unknown): Entered {
    this.#failures.add('request.failed', error);
    const isWithin = this.#said.length > 0 && this.#settings.believesColors(incoming.peer) === true;
    return this.#entered(incoming, EMPTY_CONTEXT, this.#saidTo(isWithin), undefined);
  }

  #outboundOf(): Outbound {
    const own = new Set(this.#settings.headerOf.values());
    return new Outbound({
      mayColor: this.#settings.mayColor,
      routing: () => this.#decider?.routingHeaders() ?? own,
      failures: this.#failures,
      sent: (context: RequestContext | undefined, call) => this.#observers.sent(context, call),
    });
  }

  async #start(): Promise<void> {
    if (this.#decider === undefined) return;
    const { promise, resolve } = Promise.withResolvers<void>();
    const timer = setTimeout(resolve, this.#settings.startMs);
    try {
      await Promise.race([this.#decider.store.start(), promise]);
    } catch (error) {
      this.#failures.add('hook.failed', error);
    }
    clearTimeout(timer);
    this.#isStarted = true;
  }

  #warn(): void {
    if (this.#settings.isTrustMissing) this.#failures.say('TINCT_SDK_TRUST_MISSING', '`trust`');
    if (isApart())
      this.#failures.say('TINCT_SDK_COPIES_DIFFER', 'another version was loaded before');
  }
}
