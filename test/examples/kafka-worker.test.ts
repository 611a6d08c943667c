import t from 'tap';
import {
  MAVEN_MAY_TAKE_MS,
  prepareBroker,
  startBroker,
} from '../../packages/sdk/test/kafka/broker.ts';
import { showsWhatItAnswers } from './readme.ts';
import { runExample } from './running.ts';

t.setTimeout(MAVEN_MAY_TAKE_MS + 120_000);
const missing = prepareBroker();
if (missing !== undefined && process.env['TINCT_REQUIRE_PARTS'] === '1') t.fail(missing);

t.test(
  'examples/kafka-worker: over a real broker, each order in the color of its request',
  { skip: missing ?? false },
  async (t) => {
    const env = { KAFKA: await startBroker(t) };
    const { line } = runExample(t, 'kafka-worker/main.ts', { env });
    await showsWhatItAnswers(t, 'kafka-worker', await line());
    t.strictSame(
      [await line(), await line()].sort(),
      ['dune: packed the new way', 'emma: packed as ever'],
      'the worker',
    );
  },
);
