/** `tinct plan lock`: writes the digests of a plan's lists. */
import { changePlan, type Plan, TinctError } from '@tinct/core';
import { digestOf } from '@tinct/sdk';
import { defineCommand } from '../frame/command.ts';
import type { Session } from '../frame/session.ts';
import { readFileOf, rewrite } from '../plan/change.ts';
import { CHANGE_EXITS, CHANGE_NOTES, changeOptions } from '../plan/change-options.ts';
import { baseDirOf, parseOrThrow, refused } from '../plan/load.ts';
import { planArgument, planOf } from '../plan/options.ts';

export const planLockCommand = defineCommand({
  name: 'plan lock',
  group: 'Change a plan',
  summary: 'Write the digest of each list into the plan.',
  description: [
    'Plan and lists are one: a list whose bytes are not those that the plan pins is refused everywhere. Run it whenever a list has changed.',
    CHANGE_NOTES,
  ],
  arguments: { plan: planArgument },
  options: changeOptions,
  examples: [{ does: 'The list of beta users has grown', line: 'tinct plan lock lists.yaml' }],
  exits: CHANGE_EXITS,
  async run({ options, arguments: positional }, session) {
    const read = await readFileOf(planOf(options.plan, positional.plan), session);
    const { plan } = parseOrThrow(read, false);
    const digests = await digestsOf(plan, await baseDirOf(read, session), session);
    const change = { kind: 'lock', digests } as const;
    const changed = changePlan(read.text, change, { file: read.name, now: session.now() });
    const { output } = options;
    return rewrite({ file: read, ...changed }, { dryRun: options['dry-run'], output }, session);
  },
});

/** Cohort → the digest of its list. Rejects with all the lists that cannot be read. */
async function digestsOf(
  { cohorts }: Plan,
  baseDir: string,
  { signal }: Session,
): Promise<ReadonlyMap<string, string>> {
  const digests = new Map<string, string>();
  const failures: TinctError[] = [];
  for (const [name, cohort] of Object.entries(cohorts)) {
    if (cohort.kind !== 'list') continue;
    try {
      digests.set(name, await digestOf(cohort.list.path, { baseDir, signal }));
    } catch (error) {
      if (!(error instanceof TinctError)) throw error;
      failures.push(error);
    }
  }
  if (failures.length > 0) throw refused(failures.flatMap(({ findings }) => findings));
  return digests;
}
