/** Requests that have been looked at: one object each, since there is one for every request. */
import { runIn } from '../context/storage.ts';
import type { RequestContext } from '../context/types.ts';
import type { CacheMarking, Entered, Incoming, Outcome } from './incoming.ts';
import type { Observers } from './observers.ts';

/** One that nobody observes. */
export class QuietRequest implements Entered {
  readonly context: RequestContext;
  readonly responseHeaders: Entered['responseHeaders'];
  readonly marking: CacheMarking | undefined;

  constructor(
    context: RequestContext,
    responseHeaders: Entered['responseHeaders'],
    marking: CacheMarking | undefined,
  ) {
    this.context = context;
    this.responseHeaders = responseHeaders;
    this.marking = marking;
  }

  run<T>(fn: () => T): T {
    return runIn(this.context, fn);
  }
}

/** One whose end observers wait for. */
export class ObservedRequest extends QuietRequest {
  readonly #observers: Observers;
  readonly #incoming: Incoming;

  constructor(
    observers: Observers,
    incoming: Incoming,
    context: RequestContext,
    responseHeaders: Entered['responseHeaders'],
    marking: CacheMarking | undefined,
  ) {
    super(context, responseHeaders, marking);
    this.#observers = observers;
    this.#incoming = incoming;
  }

  finished(outcome: Outcome): void {
    this.#observers.finished(this.context, this.#incoming, outcome);
  }
}
