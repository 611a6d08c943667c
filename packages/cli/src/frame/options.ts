/** What options and arguments are: a name, a kind that reads their text, and what help says of them. */
import { TinctError } from '@tinct/core/basics';

/** A kind of value. */
export interface Kind<T> {
  /** What a text has to be: “a whole number from 1”. */
  readonly expects: string;
  /** `undefined`: the text is not of this kind. */
  readonly read: (text: string) => T | undefined;
}

export interface Option<T> {
  readonly help: string;
  /** What stands for its value in help; a flag has none. */
  readonly value?: string | undefined;
  readonly short?: string | undefined;
  /** What it is when it is not given, as help shows it. */
  readonly fallback?: string | undefined;
  readonly required: boolean;
  readonly multiple: boolean;
  /** The option's value from all that was given; `name` is as the user writes it. */
  readonly read: (given: readonly string[], name: string) => T;
}

interface About {
  readonly help: string;
  readonly value: string;
  readonly short?: string;
  /** What is meant without it, where the command finds that out. */
  readonly fallback?: string;
}

export type Value<O> = O extends Option<infer T> ? T : never;
export type Values<O extends Options> = { readonly [K in keyof O]: Value<O[K]> };
export type Options = Readonly<Record<string, Option<unknown>>>;

/** A value that does not fit; the text is quoted, shortened. */
export function misfit(name: string, text: string, expects: string): TinctError {
  const shown = text.length > 60 ? `${text.slice(0, 59)}…` : text;
  return new TinctError(
    'TINCT_CLI_OPTION_VALUE',
    `${name}: ${JSON.stringify(shown)} does not fit`,
    {
      hint: `it is ${expects}`,
    },
  );
}

function readOne<T>(kind: Kind<T>, text: string, name: string): T {
  const value = kind.read(text);
  if (value === undefined) throw misfit(name, text, kind.expects);
  return value;
}

function atMostOne(given: readonly string[], name: string): string | undefined {
  if (given.length > 1)
    throw new TinctError('TINCT_CLI_OPTION_VALUE', `${name} is given ${given.length} times`, {
      hint: 'give it once',
    });
  return given[0];
}

/** Present or not. */
export function flag(help: string, short?: string): Option<boolean> {
  return {
    help,
    short,
    required: false,
    multiple: false,
    read: (given, name) => atMostOne(given, name) !== undefined,
  };
}

/** At most one value. */
export function optional<T>(kind: Kind<T>, about: About): Option<T | undefined> {
  return {
    ...about,
    required: false,
    multiple: false,
    read(given, name) {
      const text = atMostOne(given, name);
      return text === undefined ? undefined : readOne(kind, text, name);
    },
  };
}

/** One value, or what is meant without it. */
export function withDefault<T>(kind: Kind<T>, fallback: string, about: About): Option<T> {
  return {
    ...about,
    fallback,
    required: false,
    multiple: false,
    read: (given, name) => readOne(kind, atMostOne(given, name) ?? fallback, name),
  };
}

/** Exactly one value. */
export function required<T>(kind: Kind<T>, about: About): Option<T> {
  return {
    ...about,
    required: true,
    multiple: false,
    read(given, name) {
      const text = atMostOne(given, name);
      if (text === undefined)
        throw new TinctError('TINCT_CLI_ARGUMENTS', `${name} is missing`, {
          hint: `${name} is ${kind.expects}`,
        });
      return readOne(kind, text, name);
    },
  };
}

/** Any number of values, in their order. */
export function many<T>(kind: Kind<T>, about: About): Option<readonly T[]> {
  return {
    ...about,
    required: false,
    multiple: true,
    read: (given, name) => given.map((text) => readOne(kind, text, name)),
  };
}
