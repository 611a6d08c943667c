/** One AsyncLocalStorage for the whole process, however many copies of this package are loaded. */
import { AsyncLocalStorage } from 'node:async_hooks';
import type { RequestContext } from './types.ts';

const KEY = Symbol.for('@tinct/sdk/context');
/** Of what is stored. Copies with the same number understand each other. */
const VERSION = 1;

interface Shared {
  readonly version: number;
  readonly storage: AsyncLocalStorage<RequestContext>;
}

function share(): Shared {
  const holder = globalThis as unknown as Record<symbol, Shared | undefined>;
  const own = { version: VERSION, storage: new AsyncLocalStorage<RequestContext>() };
  const known = holder[KEY];
  if (known?.version === VERSION) return known;
  if (known === undefined) Object.defineProperty(globalThis, KEY, { value: own });
  return own;
}

const { storage } = share();

/** Whether another copy, one that is not understood, holds the process's context: this one then keeps to itself. */
export function isApart(): boolean {
  const { [KEY]: known } = globalThis as unknown as Record<symbol, Shared | undefined>;
  return known?.storage !== storage;
}

/** The context of the request that is being served; `undefined` outside of one. */
export function currentContext(): RequestContext | undefined {
  return storage.getStore();
}

/** The rest of what runs now is in a context: for whoever sees to it that what comes after is not. */
export function enter(context: RequestContext): void {
  storage.enterWith(context);
}

/** Runs a function, and whatever it begins, in a context. */
export function runIn<T>(context: RequestContext, fn: () => T): T {
  return storage.run(context, fn);
}
