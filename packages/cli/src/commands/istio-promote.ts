/** `tinct istio promote`: the winner of a completed release becomes its stable variant. */
import { changePlan } from '@tinct/core';
import {
  type Changeover,
  changeover,
  renderFolder,
  renderStream,
  stepText,
} from '@tinct/istio-config';
import { defineCommand } from '../frame/command.ts';
import { oneOf } from '../frame/kinds.ts';
import { flag, withDefault } from '../frame/options.ts';
import type { Session } from '../frame/session.ts';
import { writeFolder } from '../io/folder.ts';
import { checked } from '../istio/checked.ts';
import { readFileOf, rewrite } from '../plan/change.ts';
import { CHANGE_EXITS, CHANGE_NOTES, releaseArgument } from '../plan/change-options.ts';
import { folderOption, planOf, planOption } from '../plan/options.ts';

export const istioPromoteCommand = defineCommand({
  name: 'istio promote',
  group: 'Routes in the mesh',
  summary: 'Make the winner of a completed release its stable variant.',
  description: [
    'Everyone has the winner already. Each variant has a route of its own, so nobody’s version changes while routes and plan follow one after the other; requests without a color go from the old stable variant to the new one.',
    'The plan is changed in its place. stdout has the documents that change, or -o writes all of them to a folder; stderr has the order of writing. Routes that people wrote stay as they are: lead them to the new version yourself.',
    CHANGE_NOTES,
  ],
  arguments: { release: releaseArgument },
  options: {
    plan: planOption,
    target: withDefault(oneOf('istio', 'gateway-api'), 'istio', {
      value: 'TARGET',
      help: 'Istio’s own objects, or the Gateway API’s with a Service for each version.',
    }),
    folder: folderOption,
    'dry-run': flag('Print what would change, and write nothing.'),
  },
  examples: [{ does: 'v2 is the new normal', line: 'tinct istio promote banner' }],
  exits: CHANGE_EXITS,
  async run({ options, arguments: { release } }, session) {
    const { plan, target, folder = '-', 'dry-run': dryRun } = options;
    const read = await readFileOf(planOf(plan), session);
    const changed = changePlan(
      read.text,
      { kind: 'promote', release },
      {
        file: read.name,
        now: session.now(),
      },
    );
    const { steps, documents, findings } = changeover(changed.before, changed.after, { target });
    await checked(findings, { ...read, text: changed.text }, session);
    const told = { ...session, out: session.err };
    await rewrite({ file: read, ...changed }, { dryRun, output: 'text' }, told);
    await tell(steps, session);
    if (folder === '-') await session.out.write(renderStream(written(steps)));
    else if (!dryRun) await writeFolder(folder, renderFolder(documents), session);
    return 'fine';
  },
});

const written = (steps: Changeover['steps']) =>
  steps.flatMap((step) => (step.kind === 'apply' ? [step.object] : []));

function tell(steps: Changeover['steps'], { err }: Session): Promise<void> {
  const lines = steps.map((step, i) => `${i + 1}. ${stepText(step)}\n`);
  return err.write(lines.join(''));
}
