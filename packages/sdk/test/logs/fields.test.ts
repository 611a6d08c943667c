import { Writable } from 'node:stream';
import { logFields } from '@tinct/sdk';
import { pino } from 'pino';
import t from 'tap';
import winston from 'winston';
import { serving } from '../outbound/helpers.ts';

const WANTED = { 'tinct.variants': ['my-service=v2'], 'service.version': 'v3' };

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
    t.strictSame(fields(), { 'tinct.variants': ['my-service=v2'] });
  });
});
