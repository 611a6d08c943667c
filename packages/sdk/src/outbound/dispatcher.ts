/** undici's clients, the global `fetch` among them: each request is colored where it leaves, after any redirect. */
import type { Outbound } from './outbound.ts';

/** What of undici's dispatch options is looked at. */
export interface DispatchOptions {
  readonly origin?: string | URL | undefined;
  readonly headers?: unknown;
}

/** As undici's: `dispatcher.compose(interceptor)`. */
export type DispatchInterceptor = <D extends (options: never, handler: never) => boolean>(
  dispatch: D,
) => D;

type AnyDispatch = (options: DispatchOptions, handler: unknown) => boolean;

type Pair = readonly [string, string | readonly string[]];

function isIterable(value: object): value is Iterable<unknown> {
  return Symbol.iterator in value;
}

/** undici takes headers as names and values in turn, as pairs, and as an object. */
function flat(headers: unknown): (string | readonly string[])[] {
  if (headers === undefined || headers === null) return [];
  if (Array.isArray(headers) && !Array.isArray(headers[0])) return headers;
  const pairs = isIterable(headers as object)
    ? [...(headers as Iterable<Pair>)]
    : (Object.entries(headers as object) as Pair[]);
  return pairs.flatMap(([name, value]) => (value === undefined ? [] : [name, value]));
}

/** undici wants each value of its own in a flat array. */
function unfolded(headers: readonly (string | readonly string[])[]): string[] {
  const all: string[] = [];
  for (let i = 0; i + 1 < headers.length; i += 2) {
    const value = headers[i + 1] as string | readonly string[];
    for (const one of typeof value === 'string' || !Array.isArray(value) ? [value] : value)
      all.push(headers[i] as string, one as string);
  }
  return all;
}

function hostOf(origin: string | URL | undefined): string {
  if (origin instanceof URL) return origin.host;
  const text = `${origin ?? ''}`;
  return URL.canParse(text) ? new URL(text).host : text;
}

function hostHeader(headers: readonly (string | readonly string[])[]): string | undefined {
  const at = headers.findIndex((name, i) => i % 2 === 0 && `${name}`.toLowerCase() === 'host');
  return at === -1 ? undefined : `${headers[at + 1]}`;
}

/**
 * An interceptor for `dispatcher.compose`. It stands first in the list, next to the wire:
 * `agent.compose(tinct.interceptor, interceptors.redirect())`, so that each hop of a redirect is judged by its own host.
 */
export function dispatchInterceptor(outbound: Outbound): DispatchInterceptor {
  const intercept = (dispatch: AnyDispatch): AnyDispatch =>
    function colored(options, handler) {
      const headers = flat(options.headers);
      // The host that is connected to decides; what `Host` says is for the one who answers there.
      const host =
        options.origin === undefined ? (hostHeader(headers) ?? '') : hostOf(options.origin);
      const written = outbound.headers(host, headers);
      return dispatch(
        written === headers ? options : { ...options, headers: unfolded(written) },
        handler,
      );
    };
  return intercept as unknown as DispatchInterceptor;
}

interface Composable {
  compose(interceptor: DispatchInterceptor): object;
}

/** Where undici keeps the dispatcher that `fetch` uses: the second since its version 8, the first before it. */
const GLOBALS = ['undici.globalDispatcher.2', 'undici.globalDispatcher.1'].map((name) =>
  Symbol.for(name),
);

const isComposable = (value: unknown): value is Composable =>
  typeof (value as Composable | undefined)?.compose === 'function';

/**
 * Colors the global `fetch`. A program that calls undici's `setGlobalDispatcher` afterwards composes the interceptor
 * itself. Returns how to take it back.
 */
export function colorGlobalFetch(interceptor: DispatchInterceptor): () => void {
  // Node makes its dispatcher when one of these is first touched.
  void globalThis.Headers;
  const holder = globalThis as unknown as Record<symbol, unknown>;
  const undo = GLOBALS.map((key) => {
    const before = holder[key];
    if (!isComposable(before)) return () => {};
    const composed = before.compose(interceptor);
    holder[key] = composed;
    return () => {
      if (holder[key] === composed) holder[key] = before;
    };
  });
  return () => {
    for (const take of undo) take();
  };
}
