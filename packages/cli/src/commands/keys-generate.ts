/** `tinct keys generate`: a new key, alone or in front of those there are. */
import { resolve } from 'node:path';
import { TinctError } from '@tinct/core';
import { formatKeySet, generateKey, type KeySet, parseKeySet, rotate } from '@tinct/sdk';
import { defineCommand } from '../frame/command.ts';
import { file } from '../frame/kinds.ts';
import { optional } from '../frame/options.ts';
import type { Session } from '../frame/session.ts';
import { nameOf, readText } from '../io/read.ts';
import { createFile, replaceFile } from '../io/write.ts';
import { MAX_KEY_FILE } from '../plan/keys.ts';
import { counted } from '../text/words.ts';

export const keysGenerateCommand = defineCommand({
  name: 'keys generate',
  group: 'Testers and keys',
  summary: 'Make a key that signs overrides, or rotate to a new one.',
  description: [
    'A key file is a JWK Set of 256-bit keys for HS256. It is a secret: a new file is readable by its owner alone.',
    'The first key signs, all of them verify. --add puts a new key in front and keeps the others; take an old one out once what it signed has ended, after 24 hours for overrides.',
  ],
  arguments: {},
  options: {
    out: optional(file, { value: 'FILE', fallback: 'stdout', help: 'A new file for the key.' }),
    add: optional(file, {
      value: 'FILE',
      help: 'The key file to rotate, in place; - from stdin to stdout.',
    }),
  },
  examples: [
    { does: 'A new key file', line: 'tinct keys generate --out new-keys.json' },
    { does: 'A new key signs from now on', line: 'tinct keys generate --add keys.json' },
  ],
  exits: { fine: 'Made.', findings: 'The file to rotate is no key file.' },
  async run({ options: { out, add } }, session) {
    if (out !== undefined && add !== undefined)
      throw new TinctError('TINCT_CLI_ARGUMENTS', '--out and --add exclude each other', {
        hint: '--add changes its file in place',
      });
    await (add === undefined ? make(out, session) : rotateFile(add, session));
    return 'fine';
  },
});

async function make(out: string | undefined, session: Session): Promise<void> {
  const set: KeySet = { keys: [generateKey()] };
  if (out === undefined || out === '-') return session.out.write(formatKeySet(set));
  await createFile(resolve(session.cwd, out), formatKeySet(set), 0o600);
  await tell(set, out, session);
}

async function rotateFile(add: string, session: Session): Promise<void> {
  const text = await readText(add, session, MAX_KEY_FILE);
  const set = rotate(parseKeySet(text, nameOf(add)), generateKey());
  if (add === '-') return session.out.write(formatKeySet(set));
  const { cwd, signal } = session;
  await replaceFile(resolve(cwd, add), formatKeySet(set), { expected: text, signal });
  await tell(set, add, session);
}

function tell({ keys: [key, ...older] }: KeySet, name: string, { err }: Session): Promise<void> {
  const holds = older.length === 1 ? 'still verifies' : 'still verify';
  const others = older.length === 0 ? '' : `; ${counted(older.length, 'older key')} ${holds}`;
  return err.write(`${name}: key ${key.kid} signs${others}\n`);
}
