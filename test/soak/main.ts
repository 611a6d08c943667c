/** `pnpm soak [reloads] [restarts]`: prints what came of it; exit 1 if a request failed or a version was wrong. */
import { soak } from './soak.ts';

const [reloads = 100, restarts = 20] = process.argv.slice(2).map(Number);
const endings: (() => unknown)[] = [];
const owner = { teardown: (end: () => unknown) => void endings.unshift(end) };

async function main(): Promise<number> {
  const progress = (what: string) => void process.stderr.write(`${what}\n`);
  const { requests, failed, wrong, revisions, statuses, seconds, abort } = await soak(owner, {
    reloads,
    restarts,
    clients: 16,
    progress,
  });
  const unclean = statuses.filter((status) => status !== 0);
  const lines = [
    `plan reloads     ${reloads}; somebody was served under ${revisions} revisions`,
    `restarts         ${restarts}`,
    `requests         ${requests} in ${seconds.toFixed(1)} s`,
    `failed requests  ${failed.length}`,
    `wrong versions   ${wrong.length}`,
    `unclean exits    ${unclean.length}`,
    `abort            confirmed by all replicas after ${abort.confirmed.toFixed(0)} ms, last v2 after ${abort.last.toFixed(0)} ms`,
    ...[...failed, ...wrong].slice(0, 10),
  ];
  process.stdout.write(`${lines.join('\n')}\n`);
  return failed.length + wrong.length + unclean.length === 0 ? 0 : 1;
}

process.exitCode = await main().finally(async () => {
  for (const end of endings) await end();
});
