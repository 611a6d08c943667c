/** `tinct plan set`: changes a percentage. */
import { defineCommand } from '../frame/command.ts';
import { percentage, text, wholeNumber } from '../frame/kinds.ts';
import { flag, optional, required } from '../frame/options.ts';
import { changeFile } from '../plan/change.ts';
import {
  CHANGE_EXITS,
  CHANGE_NOTES,
  changeOptions,
  releaseArgument,
} from '../plan/change-options.ts';
import { planOf } from '../plan/options.ts';

export const planSetCommand = defineCommand({
  name: 'plan set',
  group: 'Change a plan',
  summary: 'Change a percentage, moving as few users as possible.',
  description: [
    CHANGE_NOTES,
    'Raising a percentage only moves users from stable; lowering it sends back those who joined last, and forgets older assignments that cookies remember, unless --keep-memory says otherwise. A paused release may not be widened.',
  ],
  arguments: { release: releaseArgument },
  options: {
    percent: required(percentage, {
      value: 'P',
      help: 'The new percentage, at most three decimals.',
    }),
    variant: optional(text('a variant'), {
      value: 'NAME',
      help: 'Whose percentage; needed for a split.',
    }),
    rule: optional(wholeNumber(0, 999), {
      value: 'N',
      help: 'Which rule, from 0, if several have a percentage.',
    }),
    'keep-memory': flag('Lowering does not forget older assignments.'),
    ...changeOptions,
  },
  examples: [
    { does: 'Five percent of the users', line: 'tinct plan set my-service --percent 5' },
    { does: 'See it first', line: 'tinct plan set my-service --percent 20 --dry-run' },
  ],
  exits: CHANGE_EXITS,
  async run({ options, arguments: { release } }, session) {
    const { percent: thousandths, variant, rule } = options;
    const change = {
      kind: 'percent',
      release,
      thousandths,
      keepMemory: options['keep-memory'],
      ...(variant === undefined ? {} : { variant }),
      ...(rule === undefined ? {} : { rule }),
    } as const;
    const { output } = options;
    const how = { dryRun: options['dry-run'], output };
    return changeFile(planOf(options.plan), change, how, session);
  },
});
