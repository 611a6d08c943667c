/** Arguments → a command's options and positional arguments, or what is wrong with them. */
import { parseArgs } from 'node:util';
import { TinctError } from '@tinct/core/basics';
import type { Command, Given } from './command.ts';
import { nearest } from './names.ts';
import { flag, type Options } from './options.ts';

/** Options of every command. */
export const COMMON: Options = {
  help: flag('Show this help.', 'h'),
  'no-color': flag('Print without colors, as NO_COLOR=1 does.'),
};

export type Parsed =
  | { readonly kind: 'help' }
  | { readonly kind: 'run'; readonly given: Given<Options, Options> };

interface Raw {
  /** Option → the texts it was given; a flag's text is empty. */
  readonly options: ReadonlyMap<string, readonly string[]>;
  readonly positionals: readonly string[];
}

/** Reads a command's arguments. Throws a TinctError; a request for help comes before every mistake. */
export function parse(command: Command, args: readonly string[]): Parsed {
  const options = { ...command.options, ...COMMON };
  const tokens = tokensOf(args, options);
  if (tokens.some((token) => token.kind === 'option' && token.name === 'help'))
    return { kind: 'help' };
  const raw = collect(tokens, options, command);
  return {
    kind: 'run',
    given: {
      options: readOptions(command.options, raw.options),
      arguments: readPositionals(command, raw.positionals),
    },
  };
}

function tokensOf(args: readonly string[], options: Options) {
  const config = Object.fromEntries(
    Object.entries(options).map(([name, { value, short }]) => [
      name,
      {
        type: value === undefined ? ('boolean' as const) : ('string' as const),
        ...(short === undefined ? {} : { short }),
      },
    ]),
  );
  // Not strict: its messages know neither our codes nor what was meant.
  const given = {
    args: [...args],
    options: config,
    strict: false,
    allowPositionals: true,
  } as const;
  return parseArgs({ ...given, tokens: true }).tokens;
}

type Token = ReturnType<typeof tokensOf>[number];
type OptionToken = Extract<Token, { kind: 'option' }>;

function collect(tokens: readonly Token[], options: Options, command: Command): Raw {
  const found = new Map<string, string[]>();
  for (const token of tokens) {
    if (token.kind !== 'option') continue;
    const text = textOf(token, options, command);
    found.set(token.name, [...(found.get(token.name) ?? []), text]);
  }
  const positionals = tokens.flatMap((token) => (token.kind === 'positional' ? [token.value] : []));
  return { options: found, positionals };
}

function textOf(token: OptionToken, options: Options, command: Command): string {
  const { name, rawName, value, inlineValue } = token;
  const option = Object.hasOwn(options, name) ? options[name] : undefined;
  if (option === undefined) throw unknownOption(rawName, options, command);
  if (option.value === undefined && value !== undefined)
    throw new TinctError('TINCT_CLI_OPTION_VALUE', `${rawName} takes no value`, {
      hint: `write ${rawName} alone`,
    });
  if (option.value === undefined) return '';
  if (value === undefined || (!inlineValue && looksLikeOption(value)))
    throw new TinctError('TINCT_CLI_OPTION_VALUE', `${rawName} needs a value`, {
      hint:
        value === undefined
          ? `write ${rawName} ${option.value}`
          : `a value that begins with a dash is written ${rawName}=${value}`,
    });
  return value;
}

const looksLikeOption = (text: string): boolean => text.length > 1 && text.startsWith('-');

function unknownOption(rawName: string, options: Options, { name }: Command): TinctError {
  const near = nearest(rawName.replace(/^-+/, ''), Object.keys(options));
  const help = `\`tinct ${name} --help\` lists the options`;
  return new TinctError('TINCT_CLI_OPTION_UNKNOWN', `\`tinct ${name}\` has no option ${rawName}`, {
    hint: near === undefined ? help : `did you mean --${near}? ${help}`,
  });
}

function readOptions(options: Options, found: Raw['options']): Record<string, unknown> {
  return Object.fromEntries(
    Object.entries(options).map(([name, option]) => [
      name,
      option.read(found.get(name) ?? [], `--${name}`),
    ]),
  );
}

/** Each argument takes one text, the last of a list all that are left. */
function readPositionals(command: Command, texts: readonly string[]): Record<string, unknown> {
  const left = [...texts];
  const values = Object.entries(command.arguments).map(([name, argument]) => {
    const given = argument.multiple ? left.splice(0) : left.splice(0, 1);
    return [name, argument.read(given, argument.value ?? name)];
  });
  const [extra] = left;
  if (extra !== undefined)
    throw new TinctError(
      'TINCT_CLI_ARGUMENTS',
      `${JSON.stringify(extra)} is one argument too many`,
      {
        hint: `\`tinct ${command.name} --help\` shows what it takes`,
      },
    );
  return Object.fromEntries(values);
}
