/** `tinct diff`: what changed between two plans, who moves, and what is risky. */
import { diffPlans, hasErrors, placed, TinctError } from '@tinct/core';
import { defineCommand } from '../frame/command.ts';
import { file } from '../frame/kinds.ts';
import { required } from '../frame/options.ts';
import { loadPlan } from '../plan/load.ts';
import { outputOption } from '../plan/options.ts';
import { diffText } from '../text/diff.ts';
import { jsonText } from '../text/json.ts';

export const diffCommand = defineCommand({
  name: 'diff',
  group: 'Understand a plan',
  summary: 'Say what changed between two plans, and who moves.',
  description: [
    'Says in words what changed; for each population that satisfies the same conditions, the share that moves beside the least that had to; and what is risky: a revision that did not grow, an aborted epoch that comes back, a paused release that widens, a changed salt, a large step.',
  ],
  arguments: {
    old: required(file, {
      value: 'OLD',
      help: 'The earlier plan: a file, - for stdin, or REV:FILE of git.',
    }),
    new: required(file, { value: 'NEW', help: 'The later plan.' }),
  },
  options: { output: outputOption },
  examples: [
    { does: 'Two files', line: 'tinct diff old.yaml plan.yaml' },
    { does: 'What did the last commit change?', line: 'tinct diff HEAD~1:plan.yaml plan.yaml' },
  ],
  exits: {
    fine: 'The later plan may replace the earlier one; there may be warnings.',
    findings: 'A plan has errors, or the later one may not replace the earlier one.',
  },
  async run({ options, arguments: plans }, session) {
    if (plans.old === '-' && plans.new === '-')
      throw new TinctError('TINCT_CLI_ARGUMENTS', 'stdin (-) can be only one of the plans');
    const old = await loadPlan(plans.old, session);
    const next = await loadPlan(plans.new, session);
    const changes = diffPlans(old.plan, next.plan);
    const findings = placed(changes.findings, next.text, next.name);
    const told = { ...changes, findings };
    const { out } = session;
    await out.write(
      options.output === 'json'
        ? jsonText({ old: revisionOf(old), new: revisionOf(next), ...told })
        : `${diffText(told, out.style).join('\n')}\n`,
    );
    return hasErrors(findings) ? 'findings' : 'fine';
  },
});

const revisionOf = ({ name, plan }: Awaited<ReturnType<typeof loadPlan>>) => ({
  file: name,
  name: plan.name,
  revision: plan.revision,
});
