/** A canary from 1 to 100 percent in a real mesh: who gets what is what the plan says, and no route changes. */
import t, { type Test } from 'tap';
import { ask } from '../harness/ask.ts';
import { until } from '../harness/child.ts';
import { forEach } from '../harness/load.ts';
import { type Mesh, startMesh } from '../harness/mesh.ts';
import { say } from '../harness/say.ts';
import { by, HOST, openShop, planText, readPlan, versionOf, writePlan } from '../harness/shop.ts';
import { startEdge, tinctDoes } from '../harness/tinct.ts';

const STEPS = ['1', '5', '10', '20', '100'];
const USERS = Array.from({ length: 10_000 }, (_, i) => `${i + 1}`);
const COHORT = USERS.slice(4000, 4100);
const ALLOWED = '123';
/** Who is asked for through `tinct explain` itself at each step, a process each; everyone else by what it calls. */
const EXPLAINED = [ALLOWED, '4050', '7', '8888'];

const RULES = [
  `{ users: ["${ALLOWED}"], variant: v2 }`,
  '{ cohort: beta-users, variant: v2 }',
  '{ percent: 0, variant: v2 }',
];

async function shop(t: Test) {
  const mesh = await startMesh(t);
  const text = planText({ rules: RULES, cohorts: '{ beta-users: { list: beta.csv } }' });
  const plan = writePlan(mesh, text, { 'beta.csv': ['id', ...COHORT].join('\n') });
  await tinctDoes(plan.folder, 'plan', 'lock', 'plan.yaml');
  const { gateway } = await openShop(mesh, plan);
  const edge = await startEdge(mesh, { upstream: gateway.url, plan: plan.file });
  return { mesh, gateway, edge, plan };
}

async function explained(folder: string, user: string): Promise<string> {
  const asked = ['--plan', 'plan.yaml', '--header', `user-id: ${user}`, '--host', HOST];
  const told = JSON.parse(await tinctDoes(folder, 'explain', ...asked, '--output', 'json'));
  return told.releases[0].decision.variant;
}

/** Nothing but this changes when somebody touches a route. */
const routesOf = async (mesh: Mesh, gateway: { configuration(): Promise<readonly string[]> }) => ({
  pushes: await mesh.istiod.pushes(),
  configuration: await gateway.configuration(),
});

t.test(
  `1 → 100 % over ${USERS.length} users: each as the plan says, and no route changes`,
  async (t) => {
    const { mesh, gateway, edge, plan } = await shop(t);
    const { folder } = plan;
    const before = await routesOf(mesh, gateway);
    let last = USERS.map(() => 'v1');
    for (const percent of STEPS) {
      await tinctDoes(folder, 'plan', 'set', 'my-service', '--percent', percent);
      const now = await readPlan(plan);
      await until('the edge has the plan', async () => (await edge.revision()) === now.revision);
      const began = performance.now();
      const versions = await forEach(
        USERS,
        32,
        async (user) => (await ask(edge.url, by(user))).version,
      );
      const took = performance.now() - began;

      const wrong = USERS.filter((user, i) => versions[i] !== versionOf(now, user));
      t.strictSame(wrong, [], `${percent} %: each user’s version is what explain says`);
      const back = USERS.filter((_, i) => last[i] === 'v2' && versions[i] !== 'v2');
      t.strictSame(back, [], `${percent} %: nobody was sent back`);
      const favoured = [ALLOWED, ...COHORT].filter((user) => versions[Number(user) - 1] !== 'v2');
      t.strictSame(favoured, [], `${percent} %: the allowlist and the cohort have v2`);
      const told = await Promise.all(EXPLAINED.map((user) => explained(folder, user)));
      t.strictSame(
        told,
        EXPLAINED.map((user) => versions[Number(user) - 1]),
        '`tinct explain` says so too',
      );

      last = versions.map(String);
      const onV2 = last.filter((version) => version === 'v2').length;
      say(
        t,
        `${percent} %: ${onV2} of ${USERS.length} users on v2, 0 wrong, 0 flips; ${((USERS.length / took) * 1000).toFixed(0)} requests/s`,
      );
    }
    t.equal(new Set(last).size, 1, 'at 100 % everyone has v2');
    t.strictSame(await routesOf(mesh, gateway), before, 'istiod has pushed nothing');
  },
);
