/** docs/cli.md, made from the commands' definitions. */
import { type Command, GROUPS } from './command.ts';
import { EXITS, type ExitName } from './exit.ts';
import { optionHelp, synopsis } from './help.ts';
import type { Option, Options } from './options.ts';
import { COMMON } from './parse.ts';

/** The reference of all commands, as Markdown. */
export function referencePage(commands: readonly Command[]): string {
  const sections = [
    '# The tinct command',
    '<!-- Made by `tap --snapshot packages/cli/test/reference.test.ts` from packages/cli/src/commands. -->',
    'Results go to stdout, messages to stderr. `-` as a file is stdin; a plan may also be `REV:FILE`, as `git show` has it. `tinct COMMAND --help` prints what stands here.',
    ...GROUPS.flatMap((group) => groupTable(commands, group)),
    '## Exit status',
    table(
      ['status', 'meaning'],
      Object.values(EXITS).map(({ code, meaning }) => [`${code}`, meaning]),
    ),
    '## Options of every command',
    optionTable(COMMON),
    '## Environment',
    table(['variable', 'meaning'], ENVIRONMENT),
    ...commands.flatMap(commandSection),
  ];
  return `${sections.join('\n\n')}\n`;
}

const ENVIRONMENT: readonly (readonly string[])[] = [
  [
    '`NO_COLOR`',
    'Not empty: no colors. Without it, terminals get colors and everything else none.',
  ],
  ['`FORCE_COLOR`', '`1`: colors, whatever NO_COLOR says; `0`: none. `--no-color` beats both.'],
  ['`TINCT_DEBUG`', '`1`: a mistake of tinct itself is printed with its stack trace.'],
];

function groupTable(commands: readonly Command[], group: string): string[] {
  const members = commands.filter((command) => command.group === group);
  if (members.length === 0) return [];
  const rows = members.map(({ name, summary }) => [`[${name}](#tinct-${anchor(name)})`, summary]);
  return [table([group.toLowerCase(), ''], rows)];
}

const anchor = (name: string): string => name.replaceAll(' ', '-');

function commandSection(command: Command): string[] {
  const positionals = Object.values(command.arguments);
  return [
    `## tinct ${command.name}`,
    command.summary,
    fence('text', [synopsis(command)]),
    ...command.description,
    ...(positionals.length === 0 ? [] : [argumentTable(positionals)]),
    ...(Object.keys(command.options).length === 0 ? [] : [optionTable(command.options)]),
    fence(
      'sh no-run',
      command.examples.flatMap(({ does, line }) => [`# ${does}`, line]),
    ),
    ...exitText(command),
  ];
}

function exitText({ exits = {} }: Command): string[] {
  const rows = (Object.entries(exits) as [ExitName, string][]).map(([name, meaning]) => [
    `${EXITS[name].code}`,
    meaning,
  ]);
  return rows.length === 0 ? [] : [table(['status', 'meaning here'], rows)];
}

function argumentTable(positionals: readonly Option<unknown>[]): string {
  const rows = positionals.map((argument) => [
    `\`${argument.value}\``,
    argument.required ? 'yes' : '',
    optionHelp(argument),
  ]);
  return table(['argument', 'required', 'meaning'], rows);
}

function optionTable(options: Options): string {
  const rows = Object.entries(options).map(([name, option]) => [
    nameCell(name, option),
    option.required ? 'yes' : option.multiple ? 'repeatable' : '',
    optionHelp(option),
  ]);
  return table(['option', '', 'meaning'], rows);
}

function nameCell(name: string, { short, value }: Option<unknown>): string {
  const long = `\`--${name}${value === undefined ? '' : ` ${value}`}\``;
  return short === undefined ? long : `\`-${short}\`, ${long}`;
}

const fence = (language: string, lines: readonly string[]): string =>
  ['```'.concat(language), ...lines, '```'].join('\n');

function table(head: readonly string[], rows: readonly (readonly string[])[]): string {
  const line = (cells: readonly string[]) =>
    `| ${cells.map((cell) => cell.replaceAll('|', '\\|')).join(' | ')} |`;
  return [line(head), line(head.map(() => '---')), ...rows.map(line)].join('\n');
}
