import { join } from 'node:path';
import t from 'tap';
import { run } from '../run.ts';
import { ROOT } from '../structure/source.ts';
import { showsWhatItAnswers } from './readme.ts';
import { runExample } from './running.ts';

/** Of that, Next takes nearly all to build; on a machine that does nothing else a quarter of a minute. */
t.setTimeout(400_000);

t.test('examples/next, built as for production', async (t) => {
  const folder = join(ROOT, 'examples/next');
  const env = ['-u', 'NODE_OPTIONS', 'NEXT_TELEMETRY_DISABLED=1', process.execPath];
  run('env', [...env, 'node_modules/next/dist/bin/next', 'build'], folder);
  const { line } = runExample(t, 'next/main.ts', { env: { NEXT_TELEMETRY_DISABLED: '1' } });
  await showsWhatItAnswers(t, 'next', await line());
});
