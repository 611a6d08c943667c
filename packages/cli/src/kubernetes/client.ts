/** {@link Cluster} by HTTPS: @kubernetes/client-node reads the kubeconfig and proves who asks; the verbs are few. */
import { request as httpRequest } from 'node:http';
import { type RequestOptions, request } from 'node:https';
import { text } from 'node:stream/consumers';
import type { KubeConfig } from '@kubernetes/client-node';
import { isRecord, TinctError } from '@tinct/core';
import { FIELD_MANAGER, type LiveObject, type Ref, refOf } from '@tinct/istio-config';
import type { Cluster, Operation, Trial } from './cluster.ts';
import { type Answer, type Asked, refusal } from './failures.ts';
import { listPath, objectPath, pluralOf } from './paths.ts';

const TIMEOUT_MS = 30_000;
/** Ctrl-C waits no longer for it; the lease ends by itself. */
const GIVE_BACK_MS = 2_000;
/** The server would send pages beyond it; Tinct's own objects and a namespace's routes are fewer. */
const LIST_LIMIT = 500;

const TYPES = {
  apply: 'application/apply-patch+yaml',
  json: 'application/json',
  patch: 'application/json-patch+json',
} as const;

interface Call {
  readonly method: 'GET' | 'POST' | 'PATCH' | 'DELETE';
  readonly verb: string;
  readonly path: string;
  readonly query?: Readonly<Record<string, string>>;
  readonly type?: string;
  readonly body?: unknown;
  /** What ends it, instead of the end of the program. */
  readonly signal?: AbortSignal;
}

const trying = ({ dryRun = false }: Trial = {}): Record<string, string> =>
  dryRun ? { dryRun: 'All' } : {};

export class HttpCluster implements Cluster {
  readonly server: string;
  readonly namespace: string;
  readonly #config: KubeConfig;
  readonly #signal: AbortSignal;
  #close: () => void = () => {};

  /** @param config with a current cluster. */
  constructor(config: KubeConfig, signal: AbortSignal) {
    this.#config = config;
    this.#signal = signal;
    this.server = config.getCurrentCluster()?.server ?? '';
    this.namespace = config.getContextObject(config.currentContext)?.namespace ?? 'default';
  }

  async read(ref: Ref): Promise<LiveObject | undefined> {
    const asked = askedOf('get', ref);
    const answer = await this.#send({ method: 'GET', verb: 'get', path: objectPath(ref) });
    if (answer.status < 300) return answer.body as LiveObject;
    const error = refusal(answer, asked);
    if (error.code === 'TINCT_KUBE_CHANGED') return undefined;
    throw error;
  }

  async list(of: Omit<Ref, 'name'>, selector?: string): Promise<readonly LiveObject[]> {
    const found: LiveObject[] = [];
    let next = '';
    do {
      const query = {
        limit: String(LIST_LIMIT),
        ...(selector === undefined ? {} : { labelSelector: selector }),
        ...(next === '' ? {} : { continue: next }),
      };
      const call: Call = { method: 'GET', verb: 'list', path: listPath(of), query };
      const page = (await this.#ask(call, of)) as Page;
      // A list's items do not say what they are.
      const { apiVersion, kind } = of;
      found.push(...page.items.map((item) => ({ ...item, apiVersion, kind })));
      next = page.metadata?.continue ?? '';
    } while (next !== '');
    return found;
  }

  async apply(object: LiveObject, trial?: Trial): Promise<LiveObject> {
    const ref = refOf(object);
    const query = { fieldManager: FIELD_MANAGER, fieldValidation: 'Strict', ...trying(trial) };
    const call = { method: 'PATCH', verb: 'patch', path: objectPath(ref), query } as const;
    return (await this.#ask({ ...call, type: TYPES.apply, body: object }, ref)) as LiveObject;
  }

  async patch(ref: Ref, patch: readonly Operation[], trial?: Trial): Promise<LiveObject> {
    const query = { fieldManager: FIELD_MANAGER, fieldValidation: 'Strict', ...trying(trial) };
    const call = { method: 'PATCH', verb: 'patch', path: objectPath(ref), query } as const;
    return (await this.#ask({ ...call, type: TYPES.patch, body: patch }, ref)) as LiveObject;
  }

  async create(object: LiveObject): Promise<LiveObject> {
    const ref = refOf(object);
    const query = { fieldManager: FIELD_MANAGER };
    const call = { method: 'POST', verb: 'create', path: listPath(ref), query } as const;
    return (await this.#ask({ ...call, body: object }, ref)) as LiveObject;
  }

  giveBack(lease: LiveObject): Promise<void> {
    return this.#remove(lease, { signal: AbortSignal.timeout(GIVE_BACK_MS) });
  }

  remove(object: LiveObject, trial?: Trial): Promise<void> {
    return this.#remove(object, { query: trying(trial) });
  }

  async #remove(object: LiveObject, how: Pick<Call, 'query' | 'signal'>): Promise<void> {
    const ref = refOf(object);
    const { uid, resourceVersion } = object.metadata;
    const body = {
      apiVersion: 'v1',
      kind: 'DeleteOptions',
      preconditions: { uid, resourceVersion },
    };
    const call = { method: 'DELETE', verb: 'delete', path: objectPath(ref) } as const;
    const answer = await this.#send({ ...call, ...how, body });
    if (answer.status < 300) return;
    const error = refusal(answer, askedOf('delete', ref));
    if (answer.status !== 404 || error.code === 'TINCT_KUBE_KIND_MISSING') throw error;
  }

  close(): void {
    this.#close();
  }

  async #ask(call: Call, of: Omit<Ref, 'name'> & { readonly name?: string }): Promise<unknown> {
    const answer = await this.#send(call);
    if (answer.status < 300) return answer.body;
    throw refusal(answer, askedOf(call.verb, of));
  }

  async #send({
    method,
    path,
    query = {},
    type = TYPES.json,
    body,
    signal: own,
  }: Call): Promise<Answer> {
    const base = this.server.replace(/\/$/, '');
    const url = new URL(`${base}${path}?${new URLSearchParams(query)}`);
    const options = await this.#options();
    const { promise, resolve, reject } = Promise.withResolvers<Answer>();
    const send = url.protocol === 'http:' ? httpRequest : request;
    const headers = { ...options.headers, accept: TYPES.json, 'content-type': type };
    const signal = AbortSignal.any([own ?? this.#signal, AbortSignal.timeout(TIMEOUT_MS)]);
    send(url, { ...options, method, headers, signal }, (response) => {
      text(response).then(
        (said) => resolve({ status: response.statusCode ?? 0, body: parsed(said) }),
        reject,
      );
    })
      .on('error', reject)
      .end(body === undefined ? undefined : JSON.stringify(body));
    return promise.catch((error: Error) => {
      throw this.#signal.aborted ? error : unreachable(this.server, error);
    });
  }

  async #options(): Promise<RequestOptions> {
    const options: RequestOptions = {};
    try {
      await this.#config.applyToHTTPSOptions(options);
    } catch (error) {
      throw new TinctError('TINCT_KUBE_CONFIG', `the kubeconfig: ${messageOf(error)}`, {
        cause: error,
      });
    }
    const { agent } = options;
    if (typeof agent === 'object') this.#close = () => agent.destroy();
    return options;
  }
}

interface Page {
  readonly items: readonly LiveObject[];
  readonly metadata?: { readonly continue?: string };
}

function askedOf(verb: string, of: Omit<Ref, 'name'> & { readonly name?: string }): Asked {
  const [group = ''] = of.apiVersion.includes('/') ? of.apiVersion.split('/') : [];
  return { verb, resource: pluralOf(of.kind), group, namespace: of.namespace, name: of.name };
}

/** A kind that nobody defined is answered with plain text. */
function parsed(said: string): unknown {
  try {
    const value: unknown = JSON.parse(said);
    return isRecord(value) ? value : said;
  } catch {
    return said;
  }
}

export const messageOf = (error: unknown): string =>
  (error instanceof Error ? error.message : String(error)).split('\n')[0] ?? '';

function unreachable(server: string, error: Error): TinctError {
  return new TinctError('TINCT_KUBE_UNREACHABLE', `${server}: ${messageOf(error)}`, {
    cause: error,
  });
}
