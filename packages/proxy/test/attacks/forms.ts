/** The three ways in: the reverse proxy, and ext_authz by gRPC and by HTTP behind a gateway that does as Envoy does. */
import { once } from 'node:events';
import { type IncomingMessage, request } from 'node:http';
import { text } from 'node:stream/consumers';
import { Client, credentials, Metadata } from '@grpc/grpc-js';
import type { Test } from 'tap';
import { type CheckResponse, loadServices } from '../../src/ext-authz/protocol.ts';
import {
  type EdgeOptions,
  type EdgeStats,
  type ExtAuthz,
  type FailureStats,
  startExtAuthz,
} from '../../src/index.ts';
import { planText, type Seen, TextSource, twoVersions } from '../helpers.ts';
import {
  DOWNSTREAM,
  type Mutation,
  type Pair,
  pairsOf,
  received,
  SECRET,
  sentOn,
} from './gateway.ts';

/** What every form is started with. */
export type FormOptions = Partial<
  Pick<
    EdgeOptions,
    | 'plan'
    | 'keys'
    | 'cookie'
    | 'issueTo'
    | 'trustedHops'
    | 'trustedForDecisions'
    | 'caching'
    | 'tokens'
    | 'debugToken'
    | 'killed'
    | 'loadLists'
    | 'now'
  >
>;

export interface Ask {
  readonly method?: string;
  readonly path?: string;
  /** Names and values in turn. `host` is `shop.example` unless it is here. */
  readonly headers?: readonly string[];
}

/** What a client gets, and what the service saw. */
export interface Told {
  readonly status: number;
  readonly headers: readonly Pair[];
  readonly seen: Seen | undefined;
}

/** Something that decides, and that a client reaches. */
export interface Target {
  readonly plan: Pick<ExtAuthz['plan'], 'load' | 'status'>;
  readonly stats: () => EdgeStats & FailureStats;
  readonly useKeys: ExtAuthz['useKeys'];
  ask(ask?: Ask): Promise<Told>;
}

export type FormName = 'reverse proxy' | 'ext_authz gRPC' | 'ext_authz HTTP';

export interface Form {
  readonly name: string;
  readonly kind: FormName;
  /** Whether a real Envoy asks, and not what does as Envoy does. */
  readonly isReal?: boolean;
  start(t: Test, options?: FormOptions): Promise<Target>;
}

export const whole = ({ method = 'GET', path = '/', headers = [] }: Ask) => {
  const hasHost = headers.some((name, i) => i % 2 === 0 && /^host$/i.test(name));
  return { method, path, headers: hasHost ? headers : ['host', 'shop.example', ...headers] };
};

const maxHeaderSize = 262_144;

export async function fetched(url: string, { method, path, headers }: ReturnType<typeof whole>) {
  const { hostname: host, port } = new URL(url);
  // Node's types have no list of headers; Node has.
  const given = headers as unknown as Record<string, string>;
  const asking = request({
    host,
    port,
    method,
    path,
    headers: given,
    agent: false,
    maxHeaderSize,
  }).end();
  const [response] = (await once(asking, 'response')) as [IncomingMessage];
  return { status: response.statusCode ?? 0, raw: response.rawHeaders, body: await text(response) };
}

const reverseProxy: Form = {
  name: 'reverse proxy',
  kind: 'reverse proxy',
  async start(t, options = {}) {
    const edge = await twoVersions(t, options);
    return {
      plan: edge.plan,
      stats: edge.stats,
      useKeys: edge.useKeys,
      async ask(ask = {}) {
        const { status, raw, body } = await fetched(edge.address.url, whole(ask));
        const seen = body.startsWith('{"version"') ? (JSON.parse(body) as Seen) : undefined;
        return { status, headers: pairsOf(raw), seen };
      },
    };
  },
};

async function server(t: Test, options: FormOptions): Promise<ExtAuthz> {
  const plan = new TextSource(planText());
  const authz = await startExtAuthz({
    plan,
    secrets: [SECRET],
    trustedHops: ['127.0.0.0/8'],
    graceMs: 100,
    ...options,
  });
  t.teardown(() => authz.close());
  return authz;
}

/** One of the ext_authz forms; `asking` says how its gateway asks. */
const authzForm = (
  kind: FormName,
  asking: (t: Test, authz: ExtAuthz) => (ask: ReturnType<typeof whole>) => Promise<Told>,
): Form => ({
  name: kind,
  kind,
  async start(t, options = {}) {
    const authz = await server(t, options);
    const ask = asking(t, authz);
    return {
      plan: authz.plan,
      stats: authz.stats,
      useKeys: authz.useKeys,
      ask: (given = {}) => ask(whole(given)),
    };
  },
});

const latin1 = (value: string): Buffer => Buffer.from(value, 'latin1');
const header = ({
  header: { key = '', value = '' },
}: {
  header: { key?: string; value?: string };
}): Pair => [key, Buffer.from(value, 'utf8').toString('latin1')];

/** What a gateway with `encode_raw_headers` says of a request. */
export function checkRequest(
  { method, path }: { method: string; path: string },
  pairs: readonly Pair[],
) {
  const host = pairs.find(([name]) => name === 'host')?.[1] ?? '';
  const headers = pairs.map(([key, value]) => ({ key, rawValue: latin1(value) }));
  const http = { method, path, host, protocol: 'HTTP/1.1', headerMap: { headers } };
  const socketAddress = { address: DOWNSTREAM, portValue: 12_345 };
  return { attributes: { source: { address: { socketAddress } }, request: { http } } };
}

const { authorization } = loadServices();

/** One call of `Check`. */
export function check(
  client: Client,
  message: object,
  metadata: Readonly<Record<string, string>> = { 'x-tinct-gateway': SECRET },
): Promise<CheckResponse> {
  const { path, requestSerialize, responseDeserialize } = authorization['Check'] as NonNullable<
    (typeof authorization)[string]
  >;
  const sent = new Metadata();
  for (const [name, value] of Object.entries(metadata)) sent.set(name, value);
  return new Promise((resolve, reject) => {
    client.makeUnaryRequest(
      path,
      requestSerialize,
      responseDeserialize,
      message,
      sent,
      (error, response) => {
        if (error === null && response !== undefined) resolve(response as CheckResponse);
        else reject(error ?? new Error('no answer'));
      },
    );
  });
}

export function clientOf(t: Test, address: string): Client {
  const client = new Client(address, credentials.createInsecure());
  t.teardown(() => client.close());
  return client;
}

const grpc = authzForm('ext_authz gRPC', (t, authz) => {
  const client = clientOf(t, authz.grpc);
  return async ({ method, path, headers }) => {
    const pairs = received(headers);
    const { okResponse, deniedResponse } = await check(
      client,
      checkRequest({ method, path }, pairs),
    );
    if (deniedResponse) {
      const { status, headers: said = [] } = deniedResponse;
      return {
        status: Number(STATUS[`${status.code}`] ?? status.code),
        headers: said.map(header),
        seen: undefined,
      };
    }
    const {
      headers: set = [],
      headersToRemove: remove = [],
      responseHeadersToAdd: add = [],
    } = okResponse ?? {};
    const mutation: Mutation = { set: set.map(header), remove };
    const seen = sentOn(pairs, mutation, { method, url: path });
    // `replace` is for what the service says: here it says nothing.
    const given = add.filter(({ appendAction }) => `${appendAction}` !== 'OVERWRITE_IF_EXISTS');
    return { status: 200, headers: given.map(header), seen };
  };
});

/** Enumerations come as their names. */
const STATUS: Readonly<Record<string, number>> = {
  SeeOther: 303,
  BadRequest: 400,
  Forbidden: 403,
  NotImplemented: 501,
};

/** Envoy hands over each name once. */
function joined(pairs: readonly Pair[]): string[] {
  const values = new Map<string, string[]>();
  for (const [name, value] of pairs) values.set(name, [...(values.get(name) ?? []), value]);
  return [...values].flatMap(([name, all]) => [name, all.join(',')]);
}

const UPSTREAM = /^(?:x-tinct-.*|x-version_of|baggage|cookie)$/;
const CLIENT = /^(?:set-cookie|cache-control|vary|x-tinct-explain)$/;
const REMOVE = 'x-envoy-auth-headers-to-remove';

const http = authzForm('ext_authz HTTP', (_t, authz) => async ({ method, path, headers }) => {
  const pairs = received(headers);
  const handed = joined(pairs.filter(([name]) => !HOP.test(name) && name !== 'x-tinct-gateway'));
  const shown = [...handed, 'x-tinct-gateway', `${SECRET} ${DOWNSTREAM}`];
  const answered = await fetched(authz.http, { method, path, headers: shown });
  const said = pairsOf(answered.raw).map(([name, value]): Pair => [name.toLowerCase(), value]);
  // Envoy takes 5xx for a server that failed, and may go on without it.
  if (answered.status >= 500) throw new Error(`it failed: ${answered.status}`);
  if (answered.status !== 200) return { status: answered.status, headers: said, seen: undefined };
  const remove = said.filter(([name]) => name === REMOVE).flatMap(([, names]) => names.split(','));
  const mutation = { set: said.filter(([name]) => UPSTREAM.test(name)), remove };
  const seen = sentOn(pairs, mutation, { method, url: path });
  return { status: 200, headers: said.filter(([name]) => CLIENT.test(name)), seen };
});

/** A gateway does not hand on what is between itself and its client. */
const HOP = /^(?:connection|keep-alive|te|transfer-encoding|upgrade)$/;

export const FORMS: readonly Form[] = [reverseProxy, grpc, http];

/** Why a form cannot do something. */
export type Except = Readonly<Partial<Record<FormName | 'Envoy', string>>>;
