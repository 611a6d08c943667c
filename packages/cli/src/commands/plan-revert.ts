/** `tinct plan revert`: an earlier content under a new revision. */
import { realpath } from 'node:fs/promises';
import { basename, dirname, resolve } from 'node:path';
import { type Edit, type Plan, splice } from '@tinct/core';
import { defineCommand } from '../frame/command.ts';
import { text } from '../frame/kinds.ts';
import { required } from '../frame/options.ts';
import type { Session } from '../frame/session.ts';
import { gitShow } from '../io/git.ts';
import { readFileOf, rewrite } from '../plan/change.ts';
import { CHANGE_EXITS, changeOptions } from '../plan/change-options.ts';
import { type LoadedPlan, type PlanFile, parseOrThrow } from '../plan/load.ts';
import { planOf } from '../plan/options.ts';

export const planRevertCommand = defineCommand({
  name: 'plan revert',
  group: 'Change a plan',
  summary: 'Restore an earlier content of the plan under a new revision.',
  description: [
    'A `git revert` would lower the revision, and every edge would refuse it. This writes the earlier text with the next revision, and with epochs that do not fall.',
    'An abort stays: a release that is aborted now and was not then is refused; `tinct plan resume` it first if that is meant.',
  ],
  arguments: {
    ref: required(text('a revision of git'), {
      value: 'REF',
      help: 'A revision of git, such as HEAD~1, or REV:FILE.',
    }),
  },
  options: changeOptions,
  examples: [{ does: 'As it was before the last commit', line: 'tinct plan revert HEAD~1' }],
  exits: CHANGE_EXITS,
  async run({ options, arguments: { ref } }, session) {
    const read = await readFileOf(planOf(options.plan), session);
    const now = parseOrThrow(read);
    const then = parseOrThrow(await earlier(ref, read, session), false);
    const { text, plan: after } = restore(then, now);
    const { output } = options;
    const how = { dryRun: options['dry-run'], output };
    return rewrite({ file: read, text, before: now.plan, after }, how, session);
  },
});

/** The file as it was at a revision. */
async function earlier(ref: string, { file }: PlanFile, session: Session): Promise<PlanFile> {
  const target = await realpath(resolve(session.cwd, file));
  const object = ref.includes(':') ? ref : `${ref}:./${basename(target)}`;
  const cwd = ref.includes(':') ? session.cwd : dirname(target);
  return { file, name: object, text: await gitShow(object, { ...session, cwd }) };
}

/** The earlier text, with counters that go on from those of now; what is there now, if that is the same. */
function restore(then: LoadedPlan, now: LoadedPlan): LoadedPlan {
  const { revision } = now.plan;
  if (splice(then.text, counters(then.plan, now.plan, revision)) === now.text) return now;
  return parseOrThrow({
    ...then,
    text: splice(then.text, counters(then.plan, now.plan, revision + 1)),
  });
}

function counters(then: Plan, now: Plan, revision: number): Edit[] {
  const epochs = Object.values(then.releases).flatMap(({ name, epoch }): Edit[] => {
    const current = Object.hasOwn(now.releases, name) ? now.releases[name]?.epoch : undefined;
    return current === undefined || current <= epoch
      ? []
      : [{ kind: 'set', path: ['releases', name, 'epoch'], value: current }];
  });
  return [{ kind: 'set', path: ['metadata', 'revision'], value: revision }, ...epochs];
}
