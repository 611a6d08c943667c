import { readFileSync } from 'node:fs';
import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { FilePlanSource } from '@tinct/sdk';
import t from 'tap';
import { startService } from '../../../examples/quickstart/service.ts';
import { curl, edgeFor, until } from './helpers.ts';

const EXAMPLE = join(import.meta.dirname, '../../../examples/quickstart/plan.yaml');

t.test(
  'the quickstart’s plan: 123 reaches v2; a wider canary and an abort hold at the next request',
  async (t) => {
    const [v1, v2] = [await startService({ version: 'v1' }), await startService({ version: 'v2' })];
    t.teardown(() => Promise.all([v1.close(), v2.close()]));
    const text = readFileSync(EXAMPLE, 'utf8');
    const file = join(t.testdir({ 'plan.yaml': text }), 'plan.yaml');
    const direct = { 'my-service': { v1: v1.url, v2: v2.url } };
    const edge = await edgeFor(t, { plan: new FilePlanSource(file), upstream: v1.url, direct });
    t.same(edge.plan.status().inForce?.findings, []);

    const ask = async (user: string, ...args: string[]) =>
      (await curl('-H', `user-id: ${user}`, ...args, edge.address.url)).out.trim();
    const edit = async (revision: number, from: string, to: string) => {
      await writeFile(file, text.replace('revision: 1', `revision: ${revision}`).replace(from, to));
      await until(() => edge.plan.current()?.revision === revision);
    };

    t.equal(await ask('123'), 'my-service v2 answers user 123 (x-tinct-my-service: v2)');
    t.equal(await ask('124'), 'my-service v1 answers user 124 (x-tinct-my-service: v1)');
    t.match(await ask('124', '-H', 'X-Tinct-My-Service: v2'), 'v1 answers');
    await edit(2, 'percent: 0', 'percent: 100');
    t.match(await ask('124'), 'v2 answers');
    await edit(3, 'stable: v1', 'state: aborted\n    stable: v1');
    t.match(await ask('123'), 'v1 answers');
  },
);
