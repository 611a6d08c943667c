import { canonicalName, foreignBaggage } from '@tinct/core';
import {
  type CookieNames,
  cookieNames,
  type OwnCookies,
  type PlanView,
  takeCookies,
} from '@tinct/sdk';
import type { Inquiry } from './exchange.ts';
import { connectionOptions, isHopByHop, namedBy } from './hop-by-hop.ts';
import { NameTable } from './name-table.ts';
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

/** Headers whose values are looked at as a whole. */
const GATHERED = [
  'host',
  'connection',
  'upgrade',
  'te',
  'transfer-encoding',
  'content-length',
] as const;
type Gathered = Record<(typeof GATHERED)[number], readonly string[]>;

function methodRefusal(method: string): Refusal | undefined {
  return method === 'TRACE' || method === 'CONNECT'
    ? refusal('TINCT_EDGE_METHOD_REFUSED')
    : undefined;
}

/** Other upgrades may be ignored, and are: curl's `--http2` offers h2c and goes on without. */
function upgradeRefusal(
  gathered: Gathered,
  tunnel: Inquiry['tunnel'],
  isOld: boolean,
): Refusal | undefined {
  const { connection, upgrade } = gathered;
  if (tunnel !== undefined)
    return hasBody(gathered)
      ? refusal('TINCT_EDGE_REQUEST_MALFORMED', 'A WebSocket begins without a body.')
      : undefined;
  // HTTP/1.0 has none, whatever a client says (RFC 9110, 7.8).
  if (isOld) return undefined;
  const asked = upgrade.some((value) => value.toLowerCase().includes('websocket'));
  return asked && connectionOptions(connection).includes('upgrade')
    ? refusal('TINCT_EDGE_UPGRADE_REFUSED')
    : undefined;
}

/** Contradictory lengths never came this far; a coding that nobody here undoes must not be announced away. */
function framingRefusal(gathered: Gathered, isOld: boolean): Refusal | undefined {
  const codings = gathered['transfer-encoding'];
  const plain =
    codings.length === 0 || (codings.length === 1 && codings[0]?.toLowerCase() === 'chunked');
  if (!plain)
    return refusal(
      'TINCT_EDGE_REQUEST_MALFORMED',
      'The only transfer coding that is read here is chunked.',
    );
  // Whoever forwards such a request may have read its end somewhere else (RFC 9112, 6.1).
  if (isOld && codings.length > 0)
    return refusal('TINCT_EDGE_REQUEST_MALFORMED', 'HTTP/1.0 has no transfer codings.');
  return gathered['content-length'].length > 1
    ? refusal('TINCT_EDGE_REQUEST_MALFORMED', 'There are several Content-Length headers.')
    : undefined;
}

/** Headers that are taken apart and written anew. */
const REBUILT = [
  'baggage',
  'forwarded',
  'x-forwarded-for',
  'x-forwarded-proto',
  'x-forwarded-host',
] as const;
type Rebuilt = Record<(typeof REBUILT)[number], readonly string[]>;

/** What a header's name says of it. */
interface Kind {
  /** The name itself: the same text for all requests, where each request brings one of its own. */
  readonly name: string;
  readonly gathered: keyof Gathered | undefined;
  readonly rebuilt: keyof Rebuilt | undefined;
  /** Whether it goes no further: it concerns this connection, or claims to be a color. */
  readonly isDropped: boolean;
}

/** Whether a header claims to be a color, in any spelling. */
function isColor(canonical: string, view: PlanView): boolean {
  return canonical.startsWith(COLOR_PREFIX) || view.routingHeaders.has(canonical);
}

function kindOf(name: string, view: PlanView): Kind {
  const lower = name.toLowerCase();
  const canonical = canonicalName(name);
  return {
    name,
    gathered: GATHERED.find((known) => known === lower),
    rebuilt: REBUILT.find((known) => known === canonical),
    // `Expect` has been answered by this hop already, or will be.
    isDropped: isHopByHop(lower) || canonical === 'expect' || isColor(canonical, view),
  };
}

const tables = new WeakMap<PlanView, NameTable<Kind>>();

/** Routing headers are the plan's to name. */
function tableOf(view: PlanView): NameTable<Kind> {
  const known = tables.get(view);
  if (known !== undefined) return known;
  const table = new NameTable((name) => kindOf(name, view));
  tables.set(view, table);
  return table;
}

/** Most requests have nothing to gather: what holds it is shared until there is. */
const NONE: readonly string[] = [];
const NONE_GATHERED: Gathered = {
  host: NONE,
  connection: NONE,
  upgrade: NONE,
  te: NONE,
  'transfer-encoding': NONE,
  'content-length': NONE,
};
const NONE_REBUILT: Rebuilt = {
  baggage: NONE,
  forwarded: NONE,
  'x-forwarded-for': NONE,
  'x-forwarded-proto': NONE,
  'x-forwarded-host': NONE,
};

const withValue = (values: readonly string[], value: string): readonly string[] =>
  values === NONE ? [value] : [...values, value];

interface Read {
  readonly headers: string[];
  readonly gathered: Gathered;
  readonly rebuilt: Rebuilt;
}

/** One pass over the headers. `named`: those that go no further because `Connection` names them. */
function read(raw: readonly string[], view: PlanView, named?: ReadonlySet<string>): Read {
  const table = tableOf(view);
  const headers: string[] = [];
  const gathered = { ...NONE_GATHERED };
  let rebuilt = NONE_REBUILT;
  for (let i = 0; i + 1 < raw.length; i += 2) {
    const value = raw[i + 1] as string;
    const kind = table.kindOf(raw[i] as string, i >> 1);
    const { name, gathered: whole, rebuilt: anew } = kind;
    if (whole !== undefined) gathered[whole] = withValue(gathered[whole], value);
    if (kind.isDropped || named?.has(name.toLowerCase())) continue;
    if (anew === undefined) headers.push(name, value);
    else rebuilt = { ...rebuilt, [anew]: withValue(rebuilt[anew], value) };
  }
  return { headers, gathered, rebuilt };
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
  const { headers } = read(raw, view);
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
  const all = read(rawHeaders, view);
  const { gathered } = all;
  const isOld = req.httpVersion === '1.0';
  const refused =
    methodRefusal(method) ??
    upgradeRefusal(gathered, tunnel, isOld) ??
    framingRefusal(gathered, isOld);
  const target = refused ?? targetOf(url, gathered.host, isOld);
  if (target instanceof Refusal) return target;
  const named = namedBy(gathered.connection);
  const kept = named === undefined ? all : read(rawHeaders, view, named);
  const { rebuilt } = kept;
  const { headers, own } = takeCookies(kept.headers, names);
  return {
    host: target.host,
    path: target.path,
    method,
    headers,
    own,
    baggage: foreignBaggage(rebuilt.baggage),
    forwarded: {
      for: rebuilt['x-forwarded-for'],
      elements: rebuilt.forwarded,
      proto: rebuilt['x-forwarded-proto'],
      host: rebuilt['x-forwarded-host'],
    },
    hasBody: req.hasBody ?? hasBody(gathered),
    // HTTP/1.0 has none, whatever a client says.
    wantsTrailers:
      !isOld && gathered.te.length > 0 && connectionOptions(gathered.te).includes('trailers'),
    cleanTrailers: (raw) => cleanTrailers(raw, view),
  };
}
