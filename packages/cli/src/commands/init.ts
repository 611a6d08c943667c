/** `tinct init`: a plan to start from. */
import { mkdir } from 'node:fs/promises';
import { join, resolve } from 'node:path';
import { TinctError } from '@tinct/core';
import { defineCommand } from '../frame/command.ts';
import { text } from '../frame/kinds.ts';
import { withDefault } from '../frame/options.ts';
import { createFile } from '../io/write.ts';
import { FIRST_PLAN } from '../plan/first-plan.ts';
import { DEFAULT_PLAN } from '../plan/options.ts';

export const initCommand = defineCommand({
  name: 'init',
  group: 'Try it',
  summary: 'Write a commented plan to start from.',
  description: [
    `Makes ${DEFAULT_PLAN} in the folder, which is made if it is not there. A file that exists is never overwritten.`,
  ],
  arguments: {
    dir: withDefault(text('a folder'), '.', { value: 'DIR', help: 'The folder.' }),
  },
  options: {},
  examples: [
    { does: 'In a folder of its own', line: 'tinct init shop' },
    { does: 'Then look at it', line: "tinct explain shop/plan.yaml --header 'user-id: 123'" },
  ],
  exits: { fine: 'Written.', io: 'It exists already, or cannot be written.' },
  async run({ arguments: { dir } }, { cwd, err }) {
    const folder = resolve(cwd, dir);
    await mkdir(folder, { recursive: true }).catch((cause: unknown) => {
      throw new TinctError('TINCT_CLI_UNWRITABLE', `${dir}: this folder cannot be made`, { cause });
    });
    const file = join(dir, DEFAULT_PLAN);
    await createFile(resolve(cwd, file), FIRST_PLAN);
    await err.write(`${file} written. Next: tinct explain ${file} --header 'user-id: 123'\n`);
    return 'fine';
  },
});
