/** What `--help` prints, made from the commands' definitions. */
import { columns, indented, wrapped } from '../text/table.ts';
import { type Command, GROUPS } from './command.ts';
import { EXITS, type Exit, type ExitName } from './exit.ts';
import type { Option, Options } from './options.ts';
import { COMMON } from './parse.ts';
import type { Style } from './printer.ts';

/** `tinct explain [OPTIONS] [PLAN]`. */
export function synopsis(command: Command): string {
  const positionals = Object.values(command.arguments).map(argumentText);
  const needed = Object.entries(command.options)
    .filter(([, option]) => option.required)
    .map(([name, { value }]) => `--${name} ${value}`);
  return ['tinct', command.name, ...positionals, ...needed, '[OPTIONS]'].join(' ');
}

function argumentText({ value = '', required, multiple }: Option<unknown>): string {
  const name = multiple ? `${value}…` : value;
  return required ? name : `[${name}]`;
}

/** `-p, --plan FILE`. */
export function optionText(name: string, { short, value, multiple }: Option<unknown>): string {
  const long = `--${name}${value === undefined ? '' : ` ${value}`}${multiple ? ' …' : ''}`;
  return short === undefined ? `    ${long}` : `-${short}, ${long}`;
}

export function optionHelp({ help, fallback }: Option<unknown>): string {
  return fallback === undefined ? help : `${help} Default: ${fallback}.`;
}

/** The exit statuses of a command: its own words where it has some. */
export function exitsOf(command: Command): Exit[] {
  const usual: ExitName[] = ['fine', 'findings', 'usage', 'io', 'interrupted'];
  return usual.map((name) => ({
    code: EXITS[name].code,
    meaning: command.exits?.[name] ?? EXITS[name].meaning,
  }));
}

function section(title: string, lines: readonly string[], style: Style): string[] {
  return lines.length === 0 ? [] : ['', style.bold(title), ...indented(lines)];
}

/** Names on the left, explanations on the right, broken where they are long. */
function described(
  rows: readonly (readonly [string, string])[],
  style: Style,
  width = 0,
): string[] {
  const lines = rows.flatMap(([name, help]) =>
    wrapped(help, 72).map((line, i) => [i === 0 ? style.cyan(name.padEnd(width)) : '', line]),
  );
  return columns(lines);
}

function optionLines(options: Options, style: Style): string[] {
  return described(
    Object.entries(options).map(([name, option]) => [optionText(name, option), optionHelp(option)]),
    style,
  );
}

/** The help of one command. */
export function commandHelp(command: Command, style: Style): string {
  const positionals = Object.values(command.arguments);
  const lines = [
    command.summary,
    ...section('Usage', [synopsis(command)], style),
    ...command.description.flatMap((paragraph) => ['', ...wrapped(paragraph)]),
    ...section(
      'Arguments',
      described(
        positionals.map((argument) => [argument.value ?? '', optionHelp(argument)]),
        style,
      ),
      style,
    ),
    ...section('Options', optionLines({ ...command.options, ...COMMON }, style), style),
    ...section('Examples', exampleLines(command, style), style),
    ...section('Exit status', exitLines(exitsOf(command), style), style),
  ];
  return `${lines.join('\n')}\n`;
}

function exampleLines({ examples }: Command, style: Style): string[] {
  return examples.flatMap(({ does, line }, i) => [
    ...(i === 0 ? [] : ['']),
    style.dim(`# ${does}`),
    ...line.split('\n'),
  ]);
}

function exitLines(exits: readonly Exit[], style: Style): string[] {
  return described(
    exits.map(({ code, meaning }) => [String(code).padStart(3), meaning]),
    style,
  );
}

/** The help of all commands, or of a group of them. */
export function overview(commands: readonly Command[], topic: string, style: Style): string {
  const width = Math.max(...commands.map(({ name }) => name.length));
  const grouped = GROUPS.flatMap((group) => {
    const members = commands.filter((command) => command.group === group);
    const rows = members.map(({ name, summary }) => [name, summary] as const);
    return section(group, described(rows, style, width), style);
  });
  const lines = [
    topic === ''
      ? 'tinct decides who gets which version of a service, and says why.'
      : `The commands of \`tinct ${topic}\`.`,
    ...section('Usage', [`tinct ${topic === '' ? '' : `${topic} `}COMMAND [OPTIONS]`], style),
    ...grouped,
    ...(topic === '' ? startLines(style) : []),
    '',
    `\`tinct ${topic === '' ? '' : `${topic} `}COMMAND --help\` explains a command, with examples.`,
  ];
  return `${lines.join('\n')}\n`;
}

function startLines(style: Style): string[] {
  const starts = [
    'tinct init',
    'tinct validate plan.yaml',
    "tinct explain --plan plan.yaml --header 'user-id: 123'",
  ];
  return [
    ...section('Begin with', starts, style),
    ...section('Exit status', exitLines(Object.values(EXITS), style), style),
  ];
}
