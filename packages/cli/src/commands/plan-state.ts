/** `tinct plan pause`, `resume`, `abort`, `complete`: change the state of a release. */
import type { Change } from '@tinct/core';
import { type Command, defineCommand, type Example } from '../frame/command.ts';
import { text } from '../frame/kinds.ts';
import { required } from '../frame/options.ts';
import { changeFile } from '../plan/change.ts';
import {
  CHANGE_EXITS,
  CHANGE_NOTES,
  changeOptions,
  releaseArgument,
} from '../plan/change-options.ts';
import { planOf } from '../plan/options.ts';

interface StateCommand {
  readonly kind: Extract<Change, { kind: 'pause' | 'resume' | 'abort' }>['kind'];
  readonly summary: string;
  readonly description: string;
  readonly example: Example;
  /** Whether lists are checked before. */
  readonly lists: boolean;
}

function stateCommand({ kind, summary, description, example, lists }: StateCommand): Command {
  return defineCommand({
    name: `plan ${kind}`,
    group: 'Change a plan',
    summary,
    description: [description, CHANGE_NOTES],
    arguments: { release: releaseArgument },
    options: changeOptions,
    examples: [example],
    exits: CHANGE_EXITS,
    async run({ options, arguments: { release } }, session) {
      const { output } = options;
      const how = { dryRun: options['dry-run'], output, lists };
      return changeFile(planOf(options.plan), { kind, release }, how, session);
    },
  });
}

export const planPauseCommand = stateCommand({
  kind: 'pause',
  summary: 'Hold a release where it is: nothing may widen it.',
  description: 'Pausing changes nobody’s variant. It refuses what would move more users to it.',
  example: { does: 'Stay at this percentage for now', line: 'tinct plan pause my-service' },
  lists: true,
});

export const planResumeCommand = stateCommand({
  kind: 'resume',
  summary: 'Go on with a paused or an aborted release.',
  description:
    'Resuming an aborted release raises its epoch: an abort is final for the epoch that it ended.',
  example: { does: 'Mended: go on', line: 'tinct plan resume halted' },
  lists: true,
});

export const planAbortCommand = stateCommand({
  kind: 'abort',
  summary: 'Take a release back: everyone gets stable at the next request.',
  description:
    'The kill switch, as code. It beats every override, cookie and carried decision, and it waits for no list: only the plan itself is checked.',
  example: { does: 'Something is wrong with v2', line: 'tinct plan abort my-service' },
  lists: false,
});

export const planCompleteCommand = defineCommand({
  name: 'plan complete',
  group: 'Change a plan',
  summary: 'End a release: everyone gets the winner.',
  description: ['Its rules are no longer asked; they stay in the plan.', CHANGE_NOTES],
  arguments: { release: releaseArgument },
  options: {
    winner: required(text('a variant'), { value: 'NAME', help: 'The variant that everyone gets.' }),
    ...changeOptions,
  },
  examples: [{ does: 'v2 it is', line: 'tinct plan complete my-service --winner v2' }],
  exits: CHANGE_EXITS,
  async run({ options, arguments: { release } }, session) {
    const { winner, output } = options;
    const how = { dryRun: options['dry-run'], output };
    return changeFile(planOf(options.plan), { kind: 'complete', release, winner }, how, session);
  },
});
