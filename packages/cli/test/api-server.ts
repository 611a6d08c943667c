/** API servers that answer as a test tells them. */
import { createServer, type IncomingMessage } from 'node:http';
import type { AddressInfo } from 'node:net';
import { text } from 'node:stream/consumers';
import type { Test } from 'tap';
import { type Project, project } from './world.ts';

export type Answer = readonly [status: number, body: unknown];

/** An API server that answers as it is told, and a project whose kubeconfig names it. */
export async function shopAt(
  t: Test,
  answer: (request: IncomingMessage, body: string) => Answer,
): Promise<Project> {
  const server = createServer(async (request, response) => {
    const [status, body] = answer(request, await text(request));
    response.statusCode = status;
    response.end(typeof body === 'string' ? body : JSON.stringify(body));
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  t.teardown(() => {
    server.closeAllConnections();
    server.close();
  });
  return shopWith(`http://127.0.0.1:${(server.address() as AddressInfo).port}`);
}

/** A project whose kubeconfig names this server. */
export function shopWith(server: string): Project {
  const shop = project();
  const config = {
    clusters: [{ name: 'test', cluster: { server, 'insecure-skip-tls-verify': true } }],
    users: [{ name: 'me', user: { token: 'secret' } }],
    contexts: [{ name: 'test', context: { cluster: 'test', user: 'me' } }],
    'current-context': 'test',
  };
  shop.write('kube.json', JSON.stringify(config));
  return shop;
}

/** What an API server says of a request that failed. */
export const status = (reason: string, message: string, details: object = {}) => ({
  kind: 'Status',
  reason,
  message,
  details,
});
