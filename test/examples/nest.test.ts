import { join } from 'node:path';
import t from 'tap';
import { run } from '../run.ts';
import { ROOT } from '../structure/source.ts';
import { showsWhatItAnswers } from './readme.ts';
import { runExample } from './running.ts';

run(join(ROOT, 'node_modules/.bin/tsc'), ['-p', '.'], join(ROOT, 'examples/nest'));

for (const args of [[], ['--fastify']])
  t.test(`examples/nest, compiled by tsc ${args}`, async (t) => {
    const { line } = runExample(t, 'nest/dist/main.js', { args });
    await showsWhatItAnswers(t, 'nest', await line());
  });
