import { Writable } from 'node:stream';
import { ecsFormat, logFields } from '@tinct/sdk';
import { pino } from 'pino';
import t from 'tap';
import winston from 'winston';
import { serving } from '../outbound/helpers.ts';

const WANTED = {
  'tinct.variants': ['my-service=v2'],
  'tinct.revision': 12,
  'service.version': 'v3',
};

t.test('pino: a mixin', async (t) => {
  const { tinct, within } = serving({ version: 'v3' });
  t.teardown(() => tinct.close());
  const lines: string[] = [];
  const log = pino({ mixin: logFields(tinct) }, { write: (line: string) => void lines.push(line) });
  await within(async () => log.info({ a: 1 }, 'inside'));
  log.info('outside');
  const [inside, outside] = lines.map((line) => JSON.parse(line));
  t.match(inside, { ...WANTED, a: 1, msg: 'inside' });
  t.equal(outside['service.version'], 'v3');
  t.notOk('tinct.variants' in outside);
});

t.test(
  'by the names of the Elastic Common Schema, with the span that it was written in',
  async (t) => {
    const { tinct, within } = serving({ version: 'v3' });
    t.teardown(() => tinct.close());
    const lines: string[] = [];
    const span = () => ({ traceId: 'a'.repeat(32), spanId: 'b'.repeat(16) });
    const log = pino(
      { ...ecsFormat({ service: 'cart', now: () => 0 }), mixin: logFields(tinct, { span }) },
      { write: (line: string) => void lines.push(line) },
    );
    await within(async () => log.error(new RangeError('no price'), 'refused'));
    const line = JSON.parse(lines[0] ?? '');
    t.match(line, {
      ...WANTED,
      '@timestamp': '1970-01-01T00:00:00.000Z',
      'ecs.version': '8.11.0',
      'log.level': 'error',
      'service.name': 'cart',
      message: 'refused',
      error: { type: 'RangeError', message: 'no price', stack_trace: /^RangeError: no price\n/ },
      'trace.id': 'a'.repeat(32),
      'span.id': 'b'.repeat(16),
    });
    t.notOk('msg' in line || 'err' in line || 'time' in line || 'level' in line);
  },
);

t.test(
  'no revision where the color came without a decision, no trace where no span runs',
  async (t) => {
    const { tinct, within } = serving();
    t.teardown(() => tinct.close());
    const fields = logFields(tinct, { span: () => undefined });
    await within(
      async () => t.strictSame(fields(), { 'tinct.variants': ['my-service=v2'] }),
      ['x-tinct-my-service', 'v2'],
    );
  },
);

t.test('winston: a format', async (t) => {
  const { tinct, within } = serving({ version: 'v3' });
  t.teardown(() => tinct.close());
  const lines: string[] = [];
  const stream = new Writable({
    write: (line, _encoding, done) => {
      lines.push(`${line}`);
      done();
    },
  });
  const fields = logFields(tinct);
  const colored = winston.format((info) => Object.assign(info, fields()));
  const format = winston.format.combine(colored(), winston.format.json());
  const log = winston.createLogger({
    format,
    transports: [new winston.transports.Stream({ stream })],
  });
  await within(async () => log.info('inside'));
  t.match(JSON.parse(lines[0] ?? ''), WANTED);
});

t.test('attack: what one line does to its fields, the next does not see', async (t) => {
  const { tinct, within } = serving();
  t.teardown(() => tinct.close());
  const fields = logFields(tinct);
  await within(async () => {
    fields()['tinct.variants']?.push('my-service=v9');
    t.strictSame(fields(), { 'tinct.variants': ['my-service=v2'], 'tinct.revision': 12 });
  });
});
