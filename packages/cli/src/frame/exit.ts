/** What the exit status says, in one table. */
import type { ErrorCode } from '@tinct/core/basics';

export interface Exit {
  readonly code: number;
  readonly meaning: string;
}

const exit = (code: number, meaning: string): Exit => ({ code, meaning });

export const EXITS = {
  fine: exit(0, 'Fine.'),
  findings: exit(1, 'Findings: the plan or a key file has errors, or the change is refused.'),
  usage: exit(2, 'Wrong usage: nothing was read or written.'),
  inconclusive: exit(3, 'Inconclusive: the measurements do not say.'),
  io: exit(
    4,
    'A file could not be read or written; git or the cluster could not be asked, or refused.',
  ),
  bug: exit(70, 'A mistake in tinct itself.'),
  interrupted: exit(130, 'Interrupted by Ctrl-C (SIGINT); no half-written file stays.'),
  pipe: exit(141, 'Whoever read the output went away, as after `tinct … | head -1` (SIGPIPE).'),
  terminated: exit(143, 'Ended by SIGTERM.'),
} as const;

export type ExitName = keyof typeof EXITS;

const USAGE: ReadonlySet<ErrorCode> = new Set<ErrorCode>([
  'TINCT_CLI_COMMAND_UNKNOWN',
  'TINCT_CLI_OPTION_UNKNOWN',
  'TINCT_CLI_OPTION_VALUE',
  'TINCT_CLI_ARGUMENTS',
]);

const IO: ReadonlySet<ErrorCode> = new Set<ErrorCode>([
  'TINCT_PLAN_UNREADABLE',
  'TINCT_CONFIG_UNREADABLE',
  'TINCT_STATE_UNREADABLE',
  'TINCT_LIST_UNREADABLE',
  'TINCT_CLI_UNREADABLE',
  'TINCT_CLI_UNWRITABLE',
  'TINCT_CLI_EXISTS',
  'TINCT_CLI_CHANGED_MEANWHILE',
  'TINCT_CLI_GIT',
]);

/** How the program ends after a user's mistake. */
export function exitOf(code: ErrorCode): ExitName {
  if (USAGE.has(code)) return 'usage';
  return IO.has(code) || /^TINCT_(KUBE|ENVOY)_/.test(code) ? 'io' : 'findings';
}
