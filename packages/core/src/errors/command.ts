/** The command. */
import { type ErrorEntry, error } from './entry.ts';

export const COMMAND = {
  TINCT_CLI_COMMAND_UNKNOWN: error(
    'An unknown command',
    'There is no command of this name.',
    'Use the name that the hint gives; `tinct --help` lists all of them.',
  ),
  TINCT_CLI_OPTION_UNKNOWN: error(
    'An unknown option',
    'An option that is passed over would silently do nothing.',
    "Use the name that the hint gives; the command's `--help` lists its options.",
  ),
  TINCT_CLI_OPTION_VALUE: error(
    "An option's value that doesn't fit",
    'The value is missing, superfluous, given twice, or not of the kind that the option takes.',
    'Write what the message asks for.',
  ),
  TINCT_CLI_ARGUMENTS: error(
    "Arguments that don't fit together",
    'One is missing, there is one too many, or two of them exclude each other.',
    "Look at the synopsis in the command's `--help`.",
  ),
  TINCT_CLI_UNREADABLE: error(
    'A file that cannot be read',
    'It is missing, may not be read, is too large, or is not UTF-8.',
    'Check the path and its permissions.',
  ),
  TINCT_CLI_UNWRITABLE: error(
    'A file that cannot be written',
    'Its folder is missing or may not be written to, or the disk is full. What was there before is untouched.',
    "Check the path and the folder's permissions.",
  ),
  TINCT_CLI_EXISTS: error(
    'The file exists already',
    'The command makes a new file, or one that it made before, and never overwrites what others wrote.',
    'Choose another name, or remove the file.',
  ),
  TINCT_CLI_STALE: error(
    'A made file is out of date',
    'What the command would write now is not what stands there: the plan was changed and the file was not made again, or somebody edited it.',
    'Run the command without `--check` and commit what it writes.',
  ),
  TINCT_CLI_CHANGED_MEANWHILE: error(
    'The file changed meanwhile',
    'Somebody else wrote it between reading and writing; their change would have been lost.',
    'Run the command again.',
  ),
  TINCT_CLI_GIT: error(
    'git cannot show that',
    'There is no such revision, the file is not in it, or this is no git repository.',
    'Try `git show REF:FILE` yourself: it must print the plan.',
  ),
  TINCT_ANALYSIS_UNREAD: error(
    'Prometheus could not be asked',
    'It cannot be reached, wants other credentials, or refuses the question. Nothing is known, so nothing passes.',
    'Check the URL; `curl URL/api/v1/query?query=up` must answer with JSON.',
  ),
  TINCT_ANALYSIS_STATE: error(
    'What the analyser kept cannot be used',
    'The file is damaged, of another version of Tinct, of other settings, or cannot be read. The analysis is counted anew from what Prometheus still has: nothing counts twice, but what Prometheus has forgotten is gone, and with it a fail that rested on it.',
    'Nothing has to be done where Prometheus keeps samples for longer than the release has run. A damaged file lies beside the new one, with `.damaged` in its name. After a change of settings on purpose it is as it should be.',
  ),
  TINCT_ANALYSIS_ADDRESS: error(
    'The analyser cannot listen on its address',
    'Another program has the port, or the host is no address of this machine.',
    'Choose another `--port` or `--host`.',
  ),
} as const satisfies Record<string, ErrorEntry>;
