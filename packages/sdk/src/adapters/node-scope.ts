/**
 * Where a request's listeners hear: Node emits in the context of the connection, which outlives requests.
 *
 * What is put on requests and responses are functions that all of them share. A closure for each would have to be made and
 * collected with every request, and V8 would know less of objects whose functions are never the same.
 */
import { AsyncResource } from 'node:async_hooks';
import { EventEmitter } from 'node:events';
import type { ServerResponse } from 'node:http';
import { currentContext, enter } from '../context/storage.ts';
import type { RequestContext } from '../context/types.ts';
import type { Entered } from '../inbound/incoming.ts';

type Emit = EventEmitter['emit'];
type Args = Parameters<Emit>;

/** What emits wherever nobody has put a function of their own in its place. */
const { emit: usual } = EventEmitter.prototype;
const SCOPE = Symbol('tinct.scope');

type Bound<T> = T & { [SCOPE]?: Scope };

function emitInScope(this: Bound<EventEmitter>, ...args: Args): boolean {
  const scope = this[SCOPE] as Scope;
  return scope.isCurrent ? usual.apply(this, args) : scope.emit(this, usual, args);
}

/** Of an observed request's response. A listener of `close` would say the same, and Node would have a list of them to copy. */
function emitObserved(this: Bound<ServerResponse>, ...args: Args): boolean {
  const scope = this[SCOPE] as Scope;
  if (args[0] === 'close') scope.ended(this);
  return scope.isCurrent ? usual.apply(this, args) : scope.emit(this, usual, args);
}

/** What a request, and all that it begins, runs in: its own context, beside whatever else was current when it came. */
export class Scope extends AsyncResource {
  readonly #context: RequestContext;
  readonly #entered: Entered;
  readonly #start: number;
  #isOver: boolean;

  constructor(entered: Entered) {
    super('TinctRequest');
    this.#context = entered.context;
    this.#entered = entered;
    this.#isOver = entered.finished === undefined;
    this.#start = this.#isOver ? 0 : performance.now();
  }

  get isCurrent(): boolean {
    return currentContext() === this.#context;
  }

  /** Goes back to exactly what was current, which is cheaper than what `AsyncLocalStorage.run` does. */
  enter<T>(fn: () => T): T {
    return this.runInAsyncScope(enterAnd<T>, undefined, this.#context, fn);
  }

  emit(emitter: EventEmitter, emit: Emit, args: Args): boolean {
    return this.enter(() => emit.apply(emitter, args));
  }

  /** Its listeners hear in the scope. */
  adopt(emitter: EventEmitter): void {
    if (emitter.emit === usual) this.#share(emitter, emitInScope);
    else this.#wrap(emitter);
  }

  /** As {@link adopt}, and observers hear how it ended. */
  adoptResponse(res: ServerResponse): void {
    if (this.#isOver) return this.adopt(res);
    if (res.emit === usual) return this.#share(res, emitObserved as Emit);
    res.on('close', () => this.ended(res));
    this.#wrap(res);
  }

  ended(res: ServerResponse): void {
    if (this.#isOver) return;
    this.#isOver = true;
    const status = res.headersSent ? res.statusCode : 0;
    this.#entered.finished?.({ status, durationMs: performance.now() - this.#start });
  }

  #share(emitter: Bound<EventEmitter>, emit: Emit): void {
    emitter[SCOPE] = this;
    emitter.emit = emit;
  }

  /** Around somebody else's function: another Tinct's for instance, around the same request. */
  #wrap(emitter: EventEmitter): void {
    const { emit } = emitter;
    emitter.emit = (...args: Args) =>
      this.isCurrent ? emit.apply(emitter, args) : this.emit(emitter, emit, args);
  }
}

function enterAnd<T>(context: RequestContext, fn: () => T): T {
  enter(context);
  return fn();
}
