/** What the commands that change a plan have in common. */
import { text } from '../frame/kinds.ts';
import { flag, required } from '../frame/options.ts';
import { outputOption, planOption } from './options.ts';

export const changeOptions = {
  plan: planOption,
  'dry-run': flag('Print what would change, and write nothing.'),
  output: outputOption,
};

export const releaseArgument = required(text('the name of a release'), {
  value: 'RELEASE',
  help: 'The release.',
});

/** Beside what every change has in common. */
export const CHANGE_NOTES =
  'Only the bytes of the edited values change, and the revision grows by one. The file is replaced as a whole; its mode and a symlink that leads to it stay. What `tinct validate` refuses is refused.';

export const CHANGE_EXITS = {
  fine: 'Changed, or so already; with --dry-run, it could be.',
  findings: 'The plan or a list has errors, or the change is refused: nothing was written.',
};
