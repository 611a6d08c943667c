/** fast-proxy with its defaults, one for each version, on node:http. */
import { createServer } from 'node:http';
import fastProxy from 'fast-proxy';
import { decide, PORT, record, URLS } from './work.ts';

const to = {
  v1: fastProxy({ base: URLS.v1 }),
  v2: fastProxy({ base: URLS.v2 }),
};

createServer((req, res) => {
  const startedAt = performance.now();
  const { version, setCookie } = decide(req.headers);
  if (setCookie !== undefined) res.setHeader('set-cookie', setCookie);
  res.on('finish', () => record(version, res.statusCode, performance.now() - startedAt));
  to[version].proxy(req, res, req.url ?? '/', {
    rewriteRequestHeaders: (original, headers) => ({
      ...headers,
      host: original.headers.host,
      'x-version': version,
    }),
  });
}).listen(PORT, '127.0.0.1');
