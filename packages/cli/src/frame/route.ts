/** Which command the arguments name, and which help they ask for. */
import { TinctError } from '@tinct/core/basics';
import type { Command } from './command.ts';
import { nearest } from './names.ts';

export type Route =
  | { readonly kind: 'command'; readonly command: Command; readonly args: readonly string[] }
  | { readonly kind: 'version' }
  /** Of one command, of a group of commands, or of all. */
  | { readonly kind: 'help'; readonly of: readonly Command[]; readonly topic: string };

/** The arguments without what stands anywhere among them. */
export const wordsOf = (argv: readonly string[]): readonly string[] =>
  argv.filter((arg) => arg !== '--no-color');

/** Reads the words in front. Throws a TinctError when they name no command. */
export function route(argv: readonly string[], commands: readonly Command[]): Route {
  const args = wordsOf(argv);
  const [first] = args;
  if (first === undefined || first === '--help' || first === '-h')
    return { kind: 'help', of: commands, topic: '' };
  if (first === '--version' || first === '-V') return { kind: 'version' };
  if (first.startsWith('-')) throw misplaced(first);
  if (first === 'help') return helpOn(args.slice(1), commands);
  const command = commandOf(args, commands);
  if (command !== undefined)
    return { kind: 'command', command, args: args.slice(command.name.split(' ').length) };
  const [, second] = args;
  if (isGroup(first, commands) && (second === undefined || second === '--help' || second === '-h'))
    return helpOn([first], commands);
  throw unknown(args, commands);
}

function commandOf(args: readonly string[], commands: readonly Command[]): Command | undefined {
  return commands.find(({ name }) => name === args.slice(0, name.split(' ').length).join(' '));
}

const isGroup = (word: string, commands: readonly Command[]): boolean =>
  commands.some(({ name }) => name.startsWith(`${word} `));

function helpOn(words: readonly string[], commands: readonly Command[]): Route {
  const topic = words.filter((word) => !word.startsWith('-')).join(' ');
  const of = commands.filter(({ name }) => name === topic || name.startsWith(`${topic} `));
  if (topic === '') return { kind: 'help', of: commands, topic };
  if (of.length === 0) throw unknown(words, commands);
  return { kind: 'help', of, topic };
}

function misplaced(option: string): TinctError {
  return new TinctError('TINCT_CLI_OPTION_UNKNOWN', `tinct itself has no option ${option}`, {
    hint: 'options come after the command: tinct COMMAND [OPTIONS]',
  });
}

function unknown(args: readonly string[], commands: readonly Command[]): TinctError {
  const [first = ''] = args;
  const words = isGroup(first, commands) ? args.slice(0, 2) : [first];
  const given = words.join(' ');
  const names = commands.map(({ name }) => name);
  const groups = [
    ...new Set(names.filter((name) => name.includes(' ')).map((n) => n.split(' ')[0] ?? '')),
  ];
  const near =
    nearest(given, [...names, ...groups]) ?? names.find((name) => name.endsWith(` ${given}`));
  const all = '`tinct --help` lists the commands';
  return new TinctError('TINCT_CLI_COMMAND_UNKNOWN', `there is no command \`tinct ${given}\``, {
    hint: near === undefined ? all : `did you mean \`tinct ${near}\`? ${all}`,
  });
}
