/**
 * A web application with the SDK, as a process: `web.ts HOST PORT OUTBOUND URL…`. For each request it asks the services
 * at the URLs, by `fetch` or, for `/http`, by `node:http`, and says which versions answered. It copies no header itself:
 * the SDK does. Its sidecar listens at the address OUTBOUND.
 */
import dns from 'node:dns';
import { createServer, request } from 'node:http';
import { json } from 'node:stream/consumers';
import { tinct } from '@tinct/sdk/http';

const [, , host, port, outbound = '', ...services] = process.argv;

interface Said {
  readonly version: string;
}

type Looked = (...answer: unknown[]) => void;
const lookUp = dns.lookup as (name: string, options: dns.LookupOptions, done: Looked) => void;

/** In place of the cluster's DNS and of iptables: every name of the mesh leads to the sidecar. */
dns.lookup = ((name: string, options: dns.LookupOptions, done: Looked) => {
  if (!name.endsWith('.svc.cluster.local')) return lookUp(name, options, done);
  if (options.all) return done(null, [{ address: outbound, family: 4 }]);
  return done(null, outbound, 4);
}) as unknown as typeof dns.lookup;

const byFetch = async (service: string): Promise<Said> =>
  (await fetch(service)).json() as Promise<Said>;

const byHttp = (service: string): Promise<Said> =>
  new Promise((resolve, reject) => {
    request(service, (res) => {
      json(res).then((said) => resolve(said as Said), reject);
    })
      .on('error', reject)
      .end();
  });

const listener = tinct({ trust: 'mesh', outbound: { http: true } }, async (req, res) => {
  const ask = req.url === '/http' ? byHttp : byFetch;
  try {
    const pair = await Promise.all(services.map(ask));
    res.end(pair.map(({ version }) => version).join(' '));
  } catch (error) {
    res.writeHead(502).end(String(error));
  }
});

createServer(listener).listen(Number(port), host, () => process.stdout.write('listens\n'));
