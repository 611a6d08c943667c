/** Every case in every framework, and the page that says so. */
import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import type { LogLine, TinctOptions } from '@tinct/sdk';
import t from 'tap';
import { ADAPTERS } from './adapters.ts';
import { CASES, echo, ROUTES, tinctFor, type World } from './cases.ts';
import type { Adapter, Routes } from './harness.ts';
import { conformancePage } from './page.ts';

const PAGE = join(import.meta.dirname, '../../../../docs/sdk/conformance.md');

function worldOf(adapter: Adapter, teardown: (end: () => unknown) => unknown): World {
  return {
    serve: async (options: Partial<TinctOptions>, routes: Routes = ROUTES) => {
      const log: LogLine[] = [];
      const tinct = tinctFor(options, log);
      const running = await adapter.start(tinct, routes);
      teardown(async () => {
        await running.close();
        tinct.close();
      });
      return { ...running, stats: () => tinct.stats(), log, plan: tinct.plan };
    },
    upstream: async () => {
      const running = await echo();
      teardown(() => running.close());
      return running;
    },
  };
}

for (const adapter of ADAPTERS)
  t.test(adapter.name, async (t) => {
    for (const { name, run } of CASES) {
      const reason = adapter.skips?.[name];
      await t.test(name, { skip: reason ?? false }, async (t) => {
        const { found, wanted } = await run(worldOf(adapter, (end) => t.teardown(end)));
        t.strictSame(found, wanted);
      });
    }
  });

t.test('docs/sdk/conformance.md says what ran', async (t) => {
  const known = new Set(CASES.map(({ name }) => name));
  t.equal(known.size, CASES.length, 'each case has a name of its own');
  for (const { name, skips = {} } of ADAPTERS)
    for (const skipped of Object.keys(skips))
      t.ok(known.has(skipped), `${name} skips a case that there is: ${skipped}`);
  const page = conformancePage(ADAPTERS);
  if (process.env['TAP_SNAPSHOT'] === '1') writeFileSync(PAGE, page);
  t.equal(readFileSync(PAGE, 'utf8'), page, 'run `tap --snapshot` on this file');
});
