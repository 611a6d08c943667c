/**
 * Tinct in Next.js 16. In `proxy.ts`:
 *
 * ```ts
 * export const proxy = tinct({ trust: 'mesh' });
 * ```
 *
 * and `await variant('my-service')` in route handlers and server components. Next keeps no AsyncLocalStorage between
 * the proxy and what it renders: the color travels by request headers, under a seal that no client knows.
 */
import { randomBytes, timingSafeEqual } from 'node:crypto';
import { headers as requestHeaders } from 'next/headers.js';
import { type NextRequest, NextResponse } from 'next/server.js';
import { markHead } from '../caching/mark.ts';
import { routingHeader } from '../color/colors.ts';
import type { ReleaseName, VariantOf } from '../context/releases.ts';
import { runIn } from '../context/storage.ts';
import type { KnownDecision, RequestContext } from '../context/types.ts';
import { Carrier, EMPTY_CONTEXT } from '../inbound/carry.ts';
import type { Entered } from '../inbound/incoming.ts';
import { ColorReader } from '../inbound/read-colors.ts';
import type { TinctOptions } from '../options.ts';
import { coloredHeaders } from '../outbound/colored.ts';
import { type Tinct, tinctOf } from '../tinct.ts';
import { headOf } from './fetch-head.ts';

/** Where the proxy shows that it has looked at the request. */
const SEAL_HEADER = routingHeader('seal');
/** The variable that holds the seal where the proxy runs in another process than the pages. */
export const SEAL_VARIABLE = 'TINCT_SEAL';
const KEY = Symbol.for('@tinct/sdk/next/seal');

/** The proxy and the pages are bundled apart and run in one process: they share what hangs on it. */
function seal(): string {
  const { [SEAL_VARIABLE]: given } = process.env;
  if (given !== undefined && given !== '') return given;
  const holder = globalThis as unknown as Record<symbol, string | undefined>;
  holder[KEY] ??= randomBytes(24).toString('base64url');
  return holder[KEY];
}

function isSealed(shown: string | null): boolean {
  const [given, own] = [Buffer.from(shown ?? ''), Buffer.from(seal())];
  return given.length === own.length && timingSafeEqual(given, own);
}

function sealed(request: NextRequest, { context }: Entered): Headers {
  const flat = [...request.headers].flat();
  const colored = coloredHeaders(flat, context.colors, new Set()) as string[];
  const headers = new Headers();
  for (let i = 0; i + 1 < colored.length; i += 2)
    headers.append(colored[i] as string, colored[i + 1] as string);
  headers.set(SEAL_HEADER, seal());
  return headers;
}

function dress({ headers }: NextResponse, { responseHeaders, marking }: Entered): void {
  for (const [name, value] of responseHeaders) headers.append(name, value);
  if (marking !== undefined) markHead(headOf(headers), marking);
}

/**
 * The function that `proxy.ts` exports as `proxy`. It sees no socket: `trust: { cidr }` believes nobody here.
 *
 * @throws {TinctError} for an option that doesn't fit
 */
export function tinct(
  options: TinctOptions | Tinct,
): (request: NextRequest) => Promise<NextResponse> {
  const service = tinctOf(options);
  return async (request) => {
    const { host, pathname, search } = request.nextUrl;
    const entered = await service.enter({
      rawHeaders: [...request.headers].flat(),
      ...{ peer: undefined, method: request.method, path: pathname + search },
      host: request.headers.get('host') ?? host,
    });
    const response = NextResponse.next({ request: { headers: sealed(request, entered) } });
    dress(response, entered);
    return response;
  };
}

const carrier = new Carrier(new ColorReader(new Map(), () => {}), new Map());

/** What the proxy found out. Without it, nothing: what a client sends past it is not believed. */
export async function requestContext(): Promise<RequestContext> {
  const headers = await requestHeaders();
  if (!isSealed(headers.get(SEAL_HEADER))) return EMPTY_CONTEXT;
  return carrier.contextOf([...headers].flat());
}

/** As `variant` of `@tinct/sdk`. Like `headers()`, which it asks, it must not stand inside `use cache`. */
export function variant<R extends ReleaseName>(release: R): Promise<VariantOf<R> | undefined>;
export function variant<R extends ReleaseName>(
  release: R,
  otherwise: VariantOf<R>,
): Promise<VariantOf<R>>;
export async function variant(release: string, otherwise?: string): Promise<string | undefined> {
  return (await requestContext()).decisions.get(release)?.variant ?? otherwise;
}

/** As `decision` of `@tinct/sdk`. */
export async function decision(release: ReleaseName): Promise<KnownDecision | undefined> {
  return (await requestContext()).decisions.get(release);
}

/** As `isIn` of `@tinct/sdk`. */
export async function isIn<R extends ReleaseName>(
  release: R,
  name: VariantOf<R>,
): Promise<boolean> {
  return (await requestContext()).decisions.get(release)?.variant === name;
}

/**
 * Runs a function in the request's context: `fetch` within is colored, and `variant` of `@tinct/sdk` answers.
 * `await colored(() => fetch('http://reviews/'))`.
 */
export async function colored<T>(fn: () => T): Promise<Awaited<T>> {
  return await runIn(await requestContext(), fn);
}
