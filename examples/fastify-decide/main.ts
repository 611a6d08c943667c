/** A service that clients reach directly, and that decides by a plan itself. Prints its address. */
import { join } from 'node:path';
import { decision, generateKey } from '@tinct/sdk';
import { tinct } from '@tinct/sdk/fastify';
import fastify from 'fastify';

const { PORT = '0', PLAN = join(import.meta.dirname, 'plan.yaml') } = process.env;
const app = fastify();

await app.register(tinct, {
  plan: PLAN,
  trust: 'none', // clients come directly: nobody is believed for a version
  identityTrust: { cidr: ['127.0.0.1'] }, // here every program on this machine may say who the user is
  keys: { keys: [generateKey()] }, // in earnest: the same ones in each replica, see `tinct keys`
  issueTo: 'everyone',
});

app.get('/', async () => {
  const { variant, reason } = decision('greeting') ?? {};
  return { hello: variant === 'v2' ? 'Hello' : 'Good day', variant, reason };
});

const url = await app.listen({ port: Number(PORT), host: '127.0.0.1' });
process.stdout.write(`${url}\n`);
