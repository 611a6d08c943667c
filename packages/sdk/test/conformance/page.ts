/** `docs/sdk/conformance.md`: every case in every framework, with the reason of each that is left out. */
import { unaskable, VECTORS } from '../vectors/asked.ts';
import { GROUPS } from './cases.ts';
import type { Adapter } from './harness.ts';

const rows = (cells: readonly (readonly string[])[]): string =>
  cells.map((row) => `| ${row.join(' | ')} |`).join('\n');

function tableOf(title: string, adapters: readonly Adapter[]): string {
  const head = [title, ...adapters.map(({ name }) => name)];
  const cases = (GROUPS[title] ?? []).map(({ name }) => [
    name,
    ...adapters.map(({ skips }) => (skips?.[name] === undefined ? 'yes' : 'no')),
  ]);
  return rows([head, head.map(() => '---'), ...cases]);
}

function skipped(adapters: readonly Adapter[]): string {
  const reasons = adapters.flatMap(({ name, skips = {} }) =>
    Object.entries(skips).map(([skip, reason]) => `- **${name}**, ${skip}: ${reason}.`),
  );
  return reasons.length === 0 ? 'None.' : reasons.join('\n');
}

/** Reason → how many vectors no request can be. */
function unasked(): string {
  const counts = new Map<string, number>();
  for (const reason of VECTORS.flatMap((vector) => unaskable(vector) ?? []))
    counts.set(reason, (counts.get(reason) ?? 0) + 1);
  const lines = [...counts].map(([reason, count]) => [`${count}`, reason]);
  return rows([['not asked', 'why'], ['---', '---'], ...lines]);
}

/** The whole page, from the cases and the adapters alone. */
export function conformancePage(adapters: readonly Adapter[]): string {
  const asked = VECTORS.filter((vector) => unaskable(vector) === undefined).length;
  return `# What holds in every framework

<!-- Made by \`tap --snapshot packages/sdk/test/conformance/conformance.test.ts\` from the cases that it runs. -->

One suite of cases runs in each framework, with its real server and over real connections. The tests fail when this page is not what they ran.

${Object.keys(GROUPS)
  .map((title) => tableOf(title, adapters))
  .join('\n\n')}

## Cases that are left out

${skipped(adapters)}

Next.js builds its routes before they run, so these cases cannot be put into it. It has [cases of its own](../../packages/sdk/test/adapters/next.test.ts),
built and started as its users do: a decision reaches route handlers, server components and calls; the version is said to the mesh alone; and a
client's colors change nothing, on paths that the proxy does not see either.

## Decisions

The [published vectors](../spec/deciding.md) are asked as requests in each framework above and in Next.js, with a plan: ${asked} of ${VECTORS.length}. Each gives the
decision that stands there, which is the one that the edge and gateways with ext_authz [give too](../../packages/proxy/test/attacks/vectors.test.ts). The others
are nothing that a request can be:

${unasked()}
`;
}
