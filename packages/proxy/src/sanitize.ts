import { canonicalName, foreignBaggage } from '@tinct/core';
import {
  type CookieNames,
  cookieNames,
  type OwnCookies,
  type PlanView,
  takeCookies,
} from '@tinct/sdk';
import type { Inquiry } from './exchange.ts';
import { connectionOptions, hopByHop, type IsHopByHop } from './hop-by-hop.ts';
import { Refusal, refusal } from './refusal.ts';
import { type Target, targetOf } from './target.ts';

/** A request that may be decided and colored: nothing in it claims to be Tinct's. */
export interface CleanRequest extends Target {
  readonly method: string;
  /** Names and values in turn, bytes and duplicates as they came, without what is rebuilt: baggage, `X-Forwarded-*`. */
  readonly headers: readonly string[];
  /** Everyone else's baggage members. */
  readonly baggage: readonly string[];
  readonly forwarded: Forwarded;
  /** Tinct's cookies; whether they are believed is for the next step. */
  readonly own: OwnCookies;
  readonly hasBody: boolean;
  /** Whether the client understands trailers of the response. */
  readonly wantsTrailers: boolean;
  /** The request's trailers by the same rules, once the body has ended. */
  readonly cleanTrailers: (raw: readonly string[]) => readonly string[];
}

/** What earlier hops say of the client. */
export interface Forwarded {
  readonly for: readonly string[];
  /** Of `Forwarded` (RFC 7239). */
  readonly elements: readonly string[];
  readonly proto: readonly string[];
  readonly host: readonly string[];
}

const COLOR_PREFIX = 'x-tinct-';
const DEFAULT_NAMES = cookieNames('tinct', undefined);

/** Values of the headers that are looked at as a whole. */
interface Gathered {
  readonly host: string[];
  readonly connection: string[];
  readonly upgrade: string[];
  readonly te: string[];
  readonly 'transfer-encoding': string[];
  readonly 'content-length': string[];
}

function gather(raw: readonly string[]): Gathered {
  const gathered: Gathered = {
    host: [],
    connection: [],
    upgrade: [],
    te: [],
    'transfer-encoding': [],
    'content-length': [],
  };
  for (let i = 0; i + 1 < raw.length; i += 2) {
    const lower = (raw[i] as string).toLowerCase();
    if (Object.hasOwn(gathered, lower))
      gathered[lower as keyof Gathered].push(raw[i + 1] as string);
  }
  return gathered;
}

function methodRefusal(method: string): Refusal | undefined {
  return method === 'TRACE' ? refusal('TINCT_EDGE_METHOD_REFUSED') : undefined;
}

/** Other upgrades may be ignored, and are: curl's `--http2` offers h2c and goes on without. */
function upgradeRefusal(gathered: Gathered, tunnel: Inquiry['tunnel']): Refusal | undefined {
  const { connection, upgrade } = gathered;
  if (tunnel !== undefined)
    return hasBody(gathered)
      ? refusal('TINCT_EDGE_REQUEST_MALFORMED', 'A WebSocket begins without a body.')
      : undefined;
  const asked = upgrade.some((value) => value.toLowerCase().includes('websocket'));
  return asked && connectionOptions(connection).includes('upgrade')
    ? refusal('TINCT_EDGE_UPGRADE_REFUSED')
    : undefined;
}

/** Node has refused contradictory lengths; a coding that nobody here undoes must not be announced away. */
function framingRefusal(gathered: Gathered): Refusal | undefined {
  const codings = gathered['transfer-encoding'];
  const plain =
    codings.length === 0 || (codings.length === 1 && codings[0]?.toLowerCase() === 'chunked');
  if (!plain)
    return refusal(
      'TINCT_EDGE_REQUEST_MALFORMED',
      'The only transfer coding that is read here is chunked.',
    );
  return gathered['content-length'].length > 1
    ? refusal('TINCT_EDGE_REQUEST_MALFORMED', 'There are several Content-Length headers.')
    : undefined;
}

interface Kept {
  readonly headers: string[];
  readonly baggage: string[];
  readonly for: string[];
  readonly elements: string[];
  readonly proto: string[];
  readonly host: string[];
}

/** Headers that are taken apart and written anew. */
const REBUILT: Readonly<Record<string, keyof Kept>> = {
  baggage: 'baggage',
  forwarded: 'elements',
  'x-forwarded-for': 'for',
  'x-forwarded-proto': 'proto',
  'x-forwarded-host': 'host',
};

/** Whether a header claims to be a color, in any spelling. */
function isColor(canonical: string, view: PlanView): boolean {
  return canonical.startsWith(COLOR_PREFIX) || view.routingHeaders.has(canonical);
}

function keepForeign(raw: readonly string[], isHopByHop: IsHopByHop, view: PlanView): Kept {
  const kept: Kept = { headers: [], baggage: [], for: [], elements: [], proto: [], host: [] };
  for (let i = 0; i + 1 < raw.length; i += 2) {
    const name = raw[i] as string;
    const value = raw[i + 1] as string;
    const canonical = canonicalName(name);
    // `Expect` has been answered by this hop already, or will be.
    if (isHopByHop(name.toLowerCase()) || canonical === 'expect' || isColor(canonical, view))
      continue;
    const rebuilt = Object.hasOwn(REBUILT, canonical) ? REBUILT[canonical] : undefined;
    if (rebuilt === undefined) kept.headers.push(name, value);
    else kept[rebuilt].push(value);
  }
  return kept;
}

const hasBody = (gathered: Gathered): boolean =>
  gathered['transfer-encoding'].length > 0 || Number(gathered['content-length'][0] ?? 0) > 0;

/** What only a head may say (RFC 9110, 6.5.1): framing, routing, who asks. */
const UNTRAILABLE: ReadonlySet<string> = new Set([
  'host',
  'content-length',
  'content-type',
  'content-encoding',
  'content-range',
  'trailer',
  'authorization',
  'cookie',
]);

function cleanTrailers(raw: readonly string[], view: PlanView): readonly string[] {
  if (raw.length === 0) return raw;
  const { headers } = keepForeign(raw, hopByHop([]), view);
  return headers.filter((_, i) => !UNTRAILABLE.has(canonicalName(headers[i - (i % 2)] ?? '')));
}

/**
 * Takes everything from a request that claims to be Tinct's, and everything that concerns only this connection.
 *
 * What `Connection` names goes here, **before** the colors are written: `Connection: x-tinct-my-service` takes away
 * what the client sent and not what Tinct decides.
 */
export function sanitize(
  { req, tunnel }: Pick<Inquiry, 'req' | 'tunnel'>,
  view: PlanView,
  names: CookieNames = DEFAULT_NAMES,
): CleanRequest | Refusal {
  const { rawHeaders, url = '', method = '' } = req;
  const gathered = gather(rawHeaders);
  const isOld = req.httpVersion === '1.0';
  const refused =
    methodRefusal(method) ?? upgradeRefusal(gathered, tunnel) ?? framingRefusal(gathered);
  const target = refused ?? targetOf(url, gathered.host, isOld);
  if (target instanceof Refusal) return target;
  const kept = keepForeign(rawHeaders, hopByHop(gathered.connection), view);
  const { headers, own } = takeCookies(kept.headers, names);
  return {
    ...target,
    method,
    headers,
    own,
    baggage: foreignBaggage(kept.baggage),
    forwarded: { for: kept.for, elements: kept.elements, proto: kept.proto, host: kept.host },
    hasBody: req.hasBody ?? hasBody(gathered),
    // HTTP/1.0 has none, whatever a client says.
    wantsTrailers: !isOld && connectionOptions(gathered.te).includes('trailers'),
    cleanTrailers: (raw) => cleanTrailers(raw, view),
  };
}
