/** A command: what help, the parser and docs/cli.md know of it, and what it does. */
import type { ExitName } from './exit.ts';
import type { Options, Values } from './options.ts';
import type { Session } from './session.ts';

export interface Example {
  /** What it shows, as a comment. */
  readonly does: string;
  /** As typed into a shell; a test runs each. */
  readonly line: string;
}

/** Under which heading the overview lists a command. */
export const GROUPS = [
  'Try it',
  'Run the edge',
  'Watch a release',
  'Understand a plan',
  'Change a plan',
  'Routes in the mesh',
  'Watch versions',
  'Testers and keys',
] as const;

export interface Definition<O extends Options, A extends Options> {
  /** One or two words. */
  readonly name: string;
  readonly group: (typeof GROUPS)[number];
  /** One line. */
  readonly summary: string;
  /** Paragraphs. */
  readonly description: readonly string[];
  /** Positional arguments in their order; the last may take several. */
  readonly arguments: A;
  readonly options: O;
  readonly examples: readonly Example[];
  /** What the exit statuses of this command mean, where that is more than the table says. */
  readonly exits?: Partial<Record<ExitName, string>>;
  readonly run: (given: Given<O, A>, session: Session) => Promise<ExitName>;
}

export interface Given<O extends Options, A extends Options> {
  readonly options: Values<O>;
  readonly arguments: Values<A>;
}

/** A command whose own types are behind it. */
export interface Command extends Omit<Definition<Options, Options>, 'run'> {
  readonly run: (given: Given<Options, Options>, session: Session) => Promise<ExitName>;
}

export function defineCommand<O extends Options, A extends Options>(
  definition: Definition<O, A>,
): Command {
  return definition as unknown as Command;
}
