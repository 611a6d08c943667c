/** http-proxy-3 with an agent that keeps connections, on node:http. */
import { Agent, createServer } from 'node:http';
import { createProxyServer } from 'http-proxy-3';
import { decide, PORT, record, URLS } from './work.ts';

const proxy = createProxyServer({
  agent: new Agent({ keepAlive: true, maxSockets: 64 }),
  xfwd: true,
});

createServer((req, res) => {
  const startedAt = performance.now();
  const { version, setCookie } = decide(req.headers);
  if (setCookie !== undefined) res.setHeader('set-cookie', setCookie);
  req.headers['x-version'] = version;
  res.on('finish', () => record(version, res.statusCode, performance.now() - startedAt));
  proxy.web(req, res, { target: URLS[version] });
}).listen(PORT, '127.0.0.1');
