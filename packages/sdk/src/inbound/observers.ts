import type { RequestContext } from '../context/types.ts';
import type { Failures } from './failures.ts';
import type { Incoming, Observer, Outcome } from './incoming.ts';

/** Those who hear of requests. What they throw is counted and goes no further. */
export class Observers {
  /** Replaced, never changed: whoever is being told of something is told to the end. */
  #all: readonly Observer[];
  readonly #failures: Failures;

  constructor(observers: readonly Observer[], failures: Failures) {
    this.#all = [...new Set(observers)];
    this.#failures = failures;
  }

  get isEmpty(): boolean {
    return this.#all.length === 0;
  }

  /** What is returned takes it out again. */
  add(observer: Observer): () => void {
    this.#all = [...new Set([...this.#all, observer])];
    return () => {
      this.#all = this.#all.filter((one) => one !== observer);
    };
  }

  entered(context: RequestContext, incoming: Incoming): void {
    for (const observer of this.#all)
      try {
        observer.entered?.(context, incoming);
      } catch (error) {
        this.#failed(error);
      }
  }

  finished(context: RequestContext, incoming: Incoming, outcome: Outcome): void {
    for (const observer of this.#all)
      try {
        observer.finished?.(context, incoming, outcome);
      } catch (error) {
        this.#failed(error);
      }
  }

  readonly sent: NonNullable<Observer['sent']> = (context, call) => {
    for (const observer of this.#all)
      try {
        observer.sent?.(context, call);
      } catch (error) {
        this.#failed(error);
      }
  };

  #failed(error: unknown): void {
    this.#failures.add('observer.failed', error);
  }
}
