import { createServer } from 'node:http';
import { join } from 'node:path';
import { OpenFeature } from '@openfeature/server-sdk';
import { createTinct } from '@tinct/sdk';
import { tinct } from '@tinct/sdk/http';
import { TinctProvider } from '@tinct/sdk/openfeature';

const loopback = { cidr: ['127.0.0.1'] };
const service = createTinct({
  trust: loopback,
  identityTrust: loopback,
  plan: join(import.meta.dirname, 'plan.yaml'),
});
await OpenFeature.setProviderAndWait(new TinctProvider(service));
const flags = OpenFeature.getClient();

const server = createServer(
  tinct(service, async (req, res) => {
    const other = /^\/as\/(.+)$/.exec(req.url ?? '')?.[1];
    const context = other === undefined ? {} : { targetingKey: decodeURIComponent(other) };
    const isNew = await flags.getBooleanValue('greeting', false, context);
    res.end(isNew ? 'Hello from the new version\n' : 'Good day from the old one\n');
  }),
);
server.listen(Number(process.env['PORT'] ?? 0), '127.0.0.1', () => {
  const address = server.address();
  const port = typeof address === 'object' ? address?.port : '';
  process.stdout.write(`http://127.0.0.1:${port}\n`);
});
