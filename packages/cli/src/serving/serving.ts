/** Commands that serve until a signal, by a configuration of file, variables and flags. */
import { dirname, resolve } from 'node:path';
import { hasErrors } from '@tinct/core';
import {
  type ConfigInput,
  FILE_VARIABLE,
  type LoadedConfig,
  type ProgramWorld,
  printConfig,
  type RunningProgram,
  type Setting,
  unreadableFiles,
} from '@tinct/proxy';
import { type Command, defineCommand } from '../frame/command.ts';
import { file, text } from '../frame/kinds.ts';
import { flag, type Option, optional } from '../frame/options.ts';
import type { Session } from '../frame/session.ts';
import { readText } from '../io/read.ts';
import { refused } from '../plan/load.ts';
import { findingsText } from '../text/findings.ts';

/** A program that a configuration describes. */
export interface Served<C> {
  readonly name: string;
  readonly summary: string;
  /** The page that lists its settings. */
  readonly reference: string;
  readonly settings: readonly Setting[];
  readonly example: string;
  readonly load: (input: ConfigInput) => LoadedConfig<C>;
  readonly start: (loaded: LoadedConfig<C>, world: ProgramWorld) => Promise<RunningProgram>;
}

const MAX_BYTES = 1024 * 1024;

const VALUES = { text: 'TEXT', integer: 'N', boolean: 'true|false', list: 'A,B' } as const;

function settingOption({
  type,
  description,
  fallback,
  choices,
}: Setting): Option<string | undefined> {
  const shown = fallback === undefined || `${fallback}` === '' ? {} : { fallback: `${fallback}` };
  const value = choices.length > 0 ? choices.join('|') : VALUES[type];
  return optional(text('not empty'), { value, help: description, ...shown });
}

const settingOptions = (settings: readonly Setting[]) =>
  Object.fromEntries(
    settings.flatMap((setting) =>
      setting.flag === undefined ? [] : [[setting.flag, settingOption(setting)]],
    ),
  );

export const servingCommand = <C>(served: Served<C>): Command =>
  defineCommand({
    name: served.name,
    group: 'Run the edge',
    summary: served.summary,
    description: [
      `A setting is a flag, else a variable (TINCT_ and the flag’s words: TINCT_LISTEN_PORT), else a value of the configuration file, else its default. ${served.reference} lists all of them. Paths in the file are relative to it. Everything that is wrong is reported at once, and then nothing starts.`,
      'SIGTERM and SIGINT let running requests finish and end with 0; a second one ends at once. SIGHUP reads the plan, keys and secrets again.',
    ],
    arguments: {},
    options: {
      ...settingOptions(served.settings),
      config: optional(file, {
        short: 'c',
        value: 'FILE',
        help: `The configuration: YAML or JSON. ${FILE_VARIABLE} names it too.`,
      }),
      'print-config': flag('Print every setting with where it came from, and end.'),
    },
    examples: [{ does: 'What would run, and why', line: served.example }],
    exits: {
      fine: 'It ran until a signal, and ended in order.',
      findings: 'The configuration has errors, or the address cannot be listened on.',
      io: 'The configuration could not be read.',
    },
    async run({ options }, session) {
      const { config: name, 'print-config': print, ...flags } = options;
      const config = name ?? (session.env[FILE_VARIABLE] || undefined);
      const loaded = await load(
        served,
        config,
        flags as Record<string, string | undefined>,
        session,
      );
      if (print) await session.out.write(printConfig(loaded));
      else await serve(served, loaded, config, session);
      return 'fine';
    },
  });

async function load<C>(
  served: Served<C>,
  name: string | undefined,
  flags: Readonly<Record<string, string | undefined>>,
  session: Session,
): Promise<LoadedConfig<C>> {
  const { env, err } = session;
  const code = 'TINCT_CONFIG_UNREADABLE';
  const read = name === undefined ? undefined : await readText(name, session, MAX_BYTES, code);
  const given = name === undefined || read === undefined ? undefined : { name, text: read };
  const loaded = served.load({ file: given, env, flags });
  if (hasErrors(loaded.findings)) throw refused(loaded.findings);
  if (loaded.findings.length > 0) await err.write(`${findingsText(loaded.findings, err.style)}\n`);
  return loaded;
}

/** Until the session is interrupted. */
async function serve<C>(
  served: Served<C>,
  loaded: LoadedConfig<C>,
  config: string | undefined,
  { cwd, out, signal, now, env, onHangup }: Session,
): Promise<void> {
  const folder = config === undefined || config === '-' ? cwd : dirname(resolve(cwd, config));
  const { promise: ended, resolve: end } = Promise.withResolvers<void>();
  signal.addEventListener('abort', () => end(), { once: true });
  const folders = { config: folder, cwd };
  const unreadable = await unreadableFiles(loaded, folders);
  if (unreadable.length > 0) throw refused(unreadable);
  const program = await served.start(loaded, {
    folders,
    env,
    // Whoever reads the log may go away; the program goes on.
    log: { write: (line) => void out.write(line).catch(() => {}) },
    now,
  });
  const forget = onHangup(() => void program.reload());
  if (signal.aborted) end();
  await ended;
  await program.stop();
  forget();
}
