import { rename, writeFile } from 'node:fs/promises';
import { Agent, get } from 'node:http';
import { join } from 'node:path';
import { FilePlanSource } from '@tinct/sdk';
import t from 'tap';
import { planText, type Seen, twoVersions, until } from './helpers.ts';

const percents = [0, 1, 5, 20, 50, 100, 50, 5, 1, 0];

/** A plan under which both the version and the colors say which revision decided. */
const revisionText = (revision: number) =>
  planText({
    revision,
    rules: `{ percent: ${percents[revision % percents.length]}, variant: v2 }`,
  });

t.test(
  'a plan that is replaced again and again under load fails no request, and each sees one plan',
  async (t) => {
    const file = join(t.testdir({ 'plan.yaml': revisionText(1) }), 'plan.yaml');
    const edge = await twoVersions(t, { plan: new FilePlanSource(file) });
    const agent = new Agent({ keepAlive: true, maxSockets: 8 });
    t.teardown(() => agent.destroy());
    const revisions = new Set<number>();
    let [asked, wrong, running] = [0, 0, true];

    const ask = (user: number) =>
      new Promise<void>((resolve) => {
        const fail = () => {
          wrong += 1;
          resolve();
        };
        const headers = { 'user-id': `${user}` };
        get(edge.address.url, { agent, headers }, (res) => {
          let text = '';
          res.setEncoding('latin1').on('data', (part: string) => {
            text += part;
          });
          res.on('error', fail).on('end', () => {
            if (!agrees(JSON.parse(text), revisions)) wrong += 1;
            resolve();
          });
        }).on('error', fail);
      });
    const client = async (id: number) => {
      while (running) {
        await ask(id);
        asked += 1;
      }
    };

    const clients = Array.from({ length: 8 }, (_, i) => client(i * 37));
    for (let revision = 2; revision <= 21; revision += 1) {
      await writeFile(`${file}.new`, revisionText(revision));
      await rename(`${file}.new`, file);
      await until(() => edge.plan.current()?.revision === revision);
    }
    running = false;
    await Promise.all(clients);
    t.equal(wrong, 0, `${asked} requests over ${revisions.size} revisions`);
    t.ok(revisions.size > 10);
  },
);

/** Whether version, routing header, decision and baggage of a request say the same. */
function agrees({ version, raw }: Seen, revisions: Set<number>): boolean {
  const value = (name: string) => raw[raw.indexOf(name) + 1] ?? '';
  const decision = /^my-service="(v\d)";rev=(\d+);/.exec(value('x-tinct-decision'));
  revisions.add(Number(decision?.[2]));
  const said = [decision?.[1], value('x-tinct-my-service'), value('baggage').slice(-2)];
  return said.every((variant) => variant === version);
}
