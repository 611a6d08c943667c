/** A shop behind an edge by TLS, for clients as users have them: a page, an API and a WebSocket, in two versions. */
import { createServer, type IncomingMessage, type ServerResponse } from 'node:http';
import { generateKey, type KeySet } from '@tinct/sdk';
import type { Test } from 'tap';
import { WebSocketServer } from 'ws';
import type { Edge, EdgeOptions } from '../../src/index.ts';
import { type Made, makeAuthority, makeCertificate } from '../certificates.ts';
import { edgeFor, listen, TextSource } from '../helpers.ts';
import { visitedPlan } from '../visitor-helpers.ts';

export const NAME = 'shop.example';

const page = (version: string): string => `<!doctype html>
<meta charset="utf-8">
<title>shop ${version}</title>
<style>body { font: 24px sans-serif; margin: 3em } .v2 { color: #0a7 } .v1 { color: #35c }</style>
<h1 class="${version}">Shop, ${version}</h1>
<p>Answers: <output id="answers">…</output></p>
<p>WebSocket: <output id="socket">…</output></p>
<p>Cookies that scripts see: <output id="cookies"></output></p>
<script type="module">
  const show = (id, text) => { document.getElementById(id).textContent = text };
  show('cookies', document.cookie === '' ? 'none' : document.cookie);
  const asked = Array.from({ length: 20 }, (_, i) => fetch('/api?' + i).then((res) => res.text()));
  show('answers', (await Promise.all(asked)).join(' '));
  const socket = new WebSocket('wss://' + location.host + '/socket');
  socket.onopen = () => socket.send('hello');
  socket.onmessage = ({ data }) => show('socket', data);
</script>
`;

/** One version: its page, its API, and a WebSocket that answers with its name. */
function service(t: Test, version: string): Promise<string> {
  const server = createServer((req: IncomingMessage, res: ServerResponse) => {
    if (req.url?.startsWith('/api')) return void res.end(version);
    res.setHeader('content-type', 'text/html; charset=utf-8');
    res.end(page(version));
  });
  new WebSocketServer({ server }).on('connection', (socket) => {
    socket.on('message', (data) => socket.send(`${version} says ${data}`));
  });
  return listen(t, server);
}

export interface Certificates {
  readonly authority: Made;
  readonly tls: NonNullable<EdgeOptions['tls']>;
}

export function certificates(t: Test): Certificates {
  const dir = t.testdir({});
  const authority = makeAuthority(dir);
  return { authority, tls: { certificates: [makeCertificate(dir, authority, [NAME])] } };
}

export interface Shop extends Certificates {
  readonly edge: Edge;
  readonly keys: KeySet;
  /** By the name that its certificate is for. */
  readonly url: string;
  /** In which version of HTTP each WebSocket came. */
  readonly sockets: readonly string[];
}

/** User 123 gets v2; half of the visitors do, and keep it. */
export async function shopFor(t: Test): Promise<Shop> {
  const made = certificates(t);
  const [v1, v2] = [await service(t, 'v1'), await service(t, 'v2')];
  const rules = '{ users: ["123"], variant: v2 }, { percent: 50, variant: v2 }';
  const keys = { keys: [generateKey()] } as const;
  const sockets: string[] = [];
  const edge = await edgeFor(t, {
    upstream: v1,
    direct: { 'my-service': { v1, v2 } },
    plan: new TextSource(visitedPlan({ rules })),
    keys,
    tls: made.tls,
    onServed: ({ exchange: { tunnel, req } }) => {
      if (tunnel !== undefined) sockets.push(req.httpVersion);
    },
  });
  return { ...made, edge, keys, sockets, url: `https://${NAME}:${edge.address.port}` };
}
