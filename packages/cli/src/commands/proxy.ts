/** `tinct proxy`: the edge, as a server runs it. */
import { dirname, resolve } from 'node:path';
import { hasErrors } from '@tinct/core';
import {
  FILE_VARIABLE,
  type LoadedConfig,
  loadConfig,
  printConfig,
  SETTINGS,
  type Setting,
  startProxy,
} from '@tinct/proxy';
import { defineCommand } from '../frame/command.ts';
import { file, text } from '../frame/kinds.ts';
import { flag, type Option, optional } from '../frame/options.ts';
import type { Session } from '../frame/session.ts';
import { readText } from '../io/read.ts';
import { refused } from '../plan/load.ts';
import { findingsText } from '../text/findings.ts';

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

const settingOptions = Object.fromEntries(
  SETTINGS.flatMap((setting) =>
    setting.flag === undefined ? [] : [[setting.flag, settingOption(setting)]],
  ),
);

export const proxyCommand = defineCommand({
  name: 'proxy',
  group: 'Run the edge',
  summary: 'Run the edge: decide each request’s version once, and send it on.',
  description: [
    'A setting is a flag, else a variable (TINCT_ and the flag’s words: TINCT_LISTEN_PORT), else a value of the configuration file, else its default. docs/reference/proxy.md lists all of them. Paths in the file are relative to it. Everything that is wrong is reported at once, and then nothing starts.',
    'SIGTERM and SIGINT let running requests finish and end with 0; a second one ends at once. SIGHUP reads the plan again.',
  ],
  arguments: {},
  options: {
    ...settingOptions,
    config: optional(file, {
      short: 'c',
      value: 'FILE',
      help: `The configuration: YAML or JSON. ${FILE_VARIABLE} names it too.`,
    }),
    'print-config': flag('Print every setting with where it came from, and end.'),
  },
  examples: [
    { does: 'What would run, and why', line: 'tinct proxy --config proxy.yaml --print-config' },
  ],
  exits: {
    fine: 'It ran until a signal, and ended in order.',
    findings: 'The configuration has errors, or the address cannot be listened on.',
    io: 'The configuration could not be read.',
  },
  async run({ options }, session) {
    const { config: name, 'print-config': print, ...flags } = options;
    const config = name ?? (session.env[FILE_VARIABLE] || undefined);
    const loaded = await load(config, flags as Record<string, string | undefined>, session);
    if (print) await session.out.write(printConfig(loaded));
    else await serve(loaded, config, session);
    return 'fine';
  },
});

async function load(
  name: string | undefined,
  flags: Readonly<Record<string, string | undefined>>,
  session: Session,
): Promise<LoadedConfig> {
  const { env, err } = session;
  const code = 'TINCT_CONFIG_UNREADABLE';
  const read = name === undefined ? undefined : await readText(name, session, MAX_BYTES, code);
  const given = name === undefined || read === undefined ? undefined : { name, text: read };
  const loaded = loadConfig({ file: given, env, flags });
  if (hasErrors(loaded.findings)) throw refused(loaded.findings);
  if (loaded.findings.length > 0) await err.write(`${findingsText(loaded.findings, err.style)}\n`);
  return loaded;
}

/** Until the session is interrupted. */
async function serve(
  loaded: LoadedConfig,
  config: string | undefined,
  { cwd, out, signal, now, env, onHangup }: Session,
): Promise<void> {
  const folder = config === undefined || config === '-' ? cwd : dirname(resolve(cwd, config));
  const { promise: ended, resolve: end } = Promise.withResolvers<void>();
  signal.addEventListener('abort', () => end(), { once: true });
  const proxy = await startProxy(loaded, {
    folders: { config: folder, cwd },
    env,
    // Whoever reads the log may go away; the edge goes on.
    log: { write: (line) => void out.write(line).catch(() => {}) },
    now,
  });
  const forget = onHangup(() => void proxy.reload());
  if (signal.aborted) end();
  await ended;
  await proxy.stop();
  forget();
}
