import { execFile } from 'node:child_process';
import { createServer, type RequestListener } from 'node:http';
import { type AddressInfo, connect, type Server, type Socket } from 'node:net';
import type { PlanSource, PlanText } from '@tinct/sdk';
import type { Test } from 'tap';
import { type Edge, type EdgeOptions, startEdge } from '../src/index.ts';

/** A plan that a test rewrites. */
export class TextSource implements PlanSource {
  readonly name = 'plan.yaml';
  text: string;

  constructor(text: string) {
    this.text = text;
  }

  async read(): Promise<PlanText> {
    return { text: this.text, file: this.name, baseDir: '/' };
  }

  watch() {
    return { close() {} };
  }
}

export interface PlanParts {
  readonly revision?: number;
  readonly rules?: string;
  readonly more?: string;
  readonly identity?: string;
}

/** User 123 gets v2, everyone else v1. */
export function planText({
  revision = 1,
  rules = '{ users: ["123"], variant: v2 }',
  more = '',
  identity = '{ unit: user, header: user-id }',
}: PlanParts = {}): string {
  return `apiVersion: tinct.dev/v1
kind: Plan
metadata: { name: shop, revision: ${revision} }
identity: [${identity}]
releases:
  my-service:
    stable: v1
    services: { my-service: { host: my-service, subsets: { v1: { version: v1 }, v2: { version: v2 } } } }
    rules: [${rules}]
${more}`;
}

export async function listen(t: Test, server: Server): Promise<string> {
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const sockets = new Set<Socket>();
  server.on('connection', (socket: Socket) => sockets.add(socket));
  t.teardown(() => {
    server.close();
    for (const socket of sockets) socket.destroy();
  });
  return `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
}

export const upstream = (t: Test, listener: RequestListener): Promise<string> =>
  listen(t, createServer(listener));

/** What an upstream saw of a request. */
export interface Seen {
  readonly version: string;
  readonly method: string;
  readonly url: string;
  readonly raw: string[];
  readonly body: string;
}

/** An upstream that answers with what it saw. */
export function echo(t: Test, version = 'v1'): Promise<string> {
  const server = createServer({ maxHeaderSize: 65_536 }, async (req, res) => {
    let body = '';
    for await (const chunk of req.setEncoding('latin1')) body += chunk;
    const { method = '', url = '', rawHeaders: raw } = req;
    res.setHeader('x-tinct-served', version);
    res.end(JSON.stringify({ version, method, url, raw, body } satisfies Seen));
  });
  server.maxHeadersCount = 0;
  return listen(t, server);
}

export const valuesOf = ({ raw }: Pick<Seen, 'raw'>, name: string): string[] =>
  raw.filter((_, i) => i % 2 === 1 && raw[i - 1]?.toLowerCase() === name);

/** An edge that trusts loopback for identity, closed with the test. */
export async function edgeFor(
  t: Test,
  options: Partial<EdgeOptions> & Pick<EdgeOptions, 'upstream'>,
): Promise<Edge> {
  const plan = new TextSource(planText());
  const edge = await startEdge({ plan, trustedHops: ['127.0.0.0/8'], graceMs: 100, ...options });
  t.teardown(() => edge.close());
  return edge;
}

/** An edge in front of two versions that echo. */
export async function twoVersions(t: Test, options: Partial<EdgeOptions> = {}): Promise<Edge> {
  const [v1, v2] = [await echo(t, 'v1'), await echo(t, 'v2')];
  return edgeFor(t, { upstream: v1, direct: { 'my-service': { v1, v2 } }, ...options });
}

export interface CurlResult {
  readonly exit: number;
  readonly out: string;
}

export function curl(...args: string[]): Promise<CurlResult> {
  return new Promise((resolve) => {
    execFile('curl', ['-sS', '--max-time', '20', ...args], (error, stdout) => {
      resolve({ exit: typeof error?.code === 'number' ? error.code : 0, out: stdout });
    });
  });
}

/** Asks an echoing upstream through curl. */
export async function seen(edge: Edge, ...args: string[]): Promise<Seen> {
  const { out } = await curl(...args, `${edge.address.url}/`);
  return JSON.parse(out) as Seen;
}

/** A bare connection to a server, and everything it sent until it ended. */
export function raw(t: Test, url: string, text: string): { socket: Socket; all: Promise<string> } {
  const { hostname, port } = new URL(url);
  const socket = connect(Number(port), hostname);
  t.teardown(() => socket.destroy());
  let got = '';
  socket.setEncoding('latin1').on('data', (chunk: string) => {
    got += chunk;
  });
  const all = new Promise<string>((resolve) => {
    socket.on('error', () => {}).on('close', () => resolve(got));
  });
  socket.write(text, 'latin1');
  return { socket, all };
}

/** Waits until something holds; the test's own timeout ends it otherwise. */
export async function until(holds: () => boolean): Promise<void> {
  while (!holds()) await new Promise((resolve) => setTimeout(resolve, 2));
}
