/** The Kubernetes API: server-side apply of any kind, and what else the scenarios ask of it. */
import { Agent, request } from 'node:https';
import { text } from 'node:stream/consumers';
import { parseAllDocuments } from 'yaml';

export interface KubeObject {
  readonly apiVersion: string;
  readonly kind: string;
  readonly metadata: {
    readonly name: string;
    readonly namespace?: string;
    readonly [key: string]: unknown;
  };
  readonly [key: string]: unknown;
}

/** An object by its kind and name. */
export type Ref = Pick<KubeObject, 'apiVersion' | 'kind' | 'metadata'>;

export interface KubeOptions {
  readonly server: string;
  /** PEM. */
  readonly ca: string;
  readonly token: string;
}

export interface ApplyOptions {
  /** Who owns the fields. Default `mesh-test`. */
  readonly manager?: string;
  /** Checked and not kept. */
  readonly dryRun?: boolean;
}

interface KubeAnswer {
  readonly status: number;
  readonly body: unknown;
}

export class KubeError extends Error {
  readonly status: number;

  constructor(status: number, message: string) {
    super(message);
    this.status = status;
  }
}

interface Resource {
  readonly name: string;
  readonly kind: string;
  readonly namespaced: boolean;
}

const groupPath = (apiVersion: string): string =>
  apiVersion.includes('/') ? `/apis/${apiVersion}` : `/api/${apiVersion}`;

/** The objects of a YAML text with any number of documents. */
export const objectsOf = (yaml: string): KubeObject[] =>
  parseAllDocuments(yaml)
    .map((document) => document.toJS() as KubeObject | null)
    .filter((object) => object !== null);

export class Kube {
  readonly #options: KubeOptions;
  readonly #agent: Agent;
  readonly #resources = new Map<string, Promise<readonly Resource[]>>();

  constructor(options: KubeOptions) {
    this.#options = options;
    this.#agent = new Agent({ keepAlive: true, ca: options.ca });
  }

  /** Server-side apply of YAML text or objects, in their order. Unknown fields are an error. */
  async apply(
    documents: string | readonly KubeObject[],
    { manager = 'mesh-test', dryRun = false }: ApplyOptions = {},
  ): Promise<void> {
    const query = new URLSearchParams({
      fieldManager: manager,
      force: 'true',
      fieldValidation: 'Strict',
      ...(dryRun ? { dryRun: 'All' } : {}),
    });
    for (const object of typeof documents === 'string' ? objectsOf(documents) : documents) {
      const path = `${await this.#pathOf(object)}?${query}`;
      await this.call('PATCH', path, object, 'application/apply-patch+yaml');
    }
  }

  async get(ref: Ref): Promise<KubeObject> {
    return (await this.call('GET', await this.#pathOf(ref))) as KubeObject;
  }

  async replace(object: KubeObject): Promise<void> {
    await this.call('PUT', await this.#pathOf(object), object);
  }

  async remove(documents: string | readonly Ref[]): Promise<void> {
    const all = typeof documents === 'string' ? objectsOf(documents) : documents;
    for (const ref of [...all].reverse()) await this.call('DELETE', await this.#pathOf(ref));
  }

  /** @throws KubeError with the API server's own message, for anything but 2xx. */
  async call(
    method: string,
    path: string,
    body?: unknown,
    type = 'application/json',
  ): Promise<unknown> {
    const answer = await this.ask(method, path, body, type);
    if (answer.status < 300) return answer.body;
    const message = (answer.body as { message?: string }).message ?? JSON.stringify(answer.body);
    throw new KubeError(answer.status, `${method} ${path}: ${answer.status} ${message}`);
  }

  async ask(
    method: string,
    path: string,
    body?: unknown,
    type = 'application/json',
  ): Promise<KubeAnswer> {
    const { server, token } = this.#options;
    const { promise, resolve, reject } = Promise.withResolvers<KubeAnswer>();
    const headers = { authorization: `Bearer ${token}`, 'content-type': type };
    request(new URL(path, server), { method, headers, agent: this.#agent }, async (res) => {
      const said = await text(res);
      const isJson = res.headers['content-type']?.includes('json') === true;
      resolve({ status: res.statusCode ?? 0, body: isJson ? JSON.parse(said) : said });
    })
      .on('error', reject)
      .end(body === undefined ? undefined : JSON.stringify(body));
    return promise;
  }

  close(): void {
    this.#agent.destroy();
  }

  async #pathOf({ apiVersion, kind, metadata }: Ref): Promise<string> {
    const resource = (await this.#resourcesOf(apiVersion)).find((each) => each.kind === kind);
    if (resource === undefined) throw new Error(`the API server knows no ${apiVersion} ${kind}`);
    const { namespace = 'default', name } = metadata;
    const within = resource.namespaced ? `/namespaces/${namespace}` : '';
    return `${groupPath(apiVersion)}${within}/${resource.name}/${name}`;
  }

  #resourcesOf(apiVersion: string): Promise<readonly Resource[]> {
    const known = this.#resources.get(apiVersion);
    if (known !== undefined) return known;
    const asked = this.call('GET', groupPath(apiVersion)).then(
      (list) =>
        (list as { resources: Resource[] }).resources.filter(({ name }) => !name.includes('/')),
      (error) => {
        this.#resources.delete(apiVersion);
        throw error;
      },
    );
    this.#resources.set(apiVersion, asked);
    return asked;
  }
}
