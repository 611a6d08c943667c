/** Changing a plan, and putting one in the place of another. */
import { type ErrorEntry, error, warning } from './entry.ts';

export const PLAN_CHANGES = {
  // Changing a plan
  TINCT_PLAN_EDIT: error(
    'The plan cannot be changed at this place',
    'The value is shared by an alias, or its map or list is not there: a change would touch more than it says.',
    'Edit the file by hand.',
  ),
  TINCT_PLAN_RELEASE_UNKNOWN: error(
    'There is no such release',
    'The plan does not define a release of this name.',
    'Use a name that is there.',
  ),
  TINCT_PLAN_RULE_CHOICE: error(
    'Which rule is meant is not clear',
    'No rule, or several, have a percentage for this variant.',
    'Say which with `--rule N` (from 0) or `--variant`.',
  ),
  TINCT_PLAN_PAUSED: error(
    'A paused release may not be widened',
    'Pausing refuses whatever would move more units away from stable.',
    'Use `tinct plan resume`, then widen it.',
  ),
  TINCT_PLAN_STATE: error(
    'The state does not allow this',
    'Only a running release is paused, only a paused or aborted one resumed, only one that is not aborted completed.',
    'Look at the `state` of the release.',
  ),

  // Replacing a plan
  TINCT_PLAN_REVISION_LOWER: error(
    'A lower revision',
    'A higher revision is in force; an older plan never replaces a newer one.',
    'Use `tinct plan revert <ref>`: it writes the old content under a new revision.',
  ),
  TINCT_PLAN_REVISION_REUSED: error(
    'The same revision with other content',
    'Replicas could not tell which of the two is meant.',
    'Raise `metadata.revision`.',
  ),
  TINCT_PLAN_EPOCH_LOWER: error(
    'A lower epoch',
    'Epochs only grow: a lower one would bring back what an abort ended.',
    'Use `tinct plan resume`.',
  ),
  TINCT_PLAN_EPOCH_KILLED: error(
    'A release whose epoch was aborted',
    'An abort is final for its epoch, however high the revision.',
    'Use `tinct plan resume`: it raises the epoch.',
  ),
  TINCT_PLAN_SALT_CHANGED: warning(
    'A changed salt',
    'Every unit gets a new bucket: users are thrown between versions once.',
    'Keep the salt, unless that is what you want.',
  ),
  TINCT_PLAN_JUMP: warning(
    'A large step',
    'A bug in the new version would meet many users at once.',
    'Go in steps, such as 1, 5, 10, 20, 50, 100.',
  ),
} as const satisfies Record<string, ErrorEntry>;
