import { once } from 'node:events';
import { Consumer, Producer, stringDeserializers, stringSerializers } from '@platformatic/kafka';
import { variant } from '@tinct/sdk';
import { handleMessage, messageHeaders } from '@tinct/sdk/kafka';
import t from 'tap';
import { serving, USER } from '../outbound/helpers.ts';
import { MAVEN_MAY_TAKE_MS, prepareBroker, startBroker } from './broker.ts';

t.setTimeout(MAVEN_MAY_TAKE_MS + 120_000);
const missing = prepareBroker();
const isRequired = process.env['TINCT_REQUIRE_PARTS'] === '1';
if (missing !== undefined && isRequired) t.fail(missing);

t.test(
  'over a real broker, a message is handled in the color of its request',
  {
    skip: missing ?? false,
  },
  async (t) => {
    const address = await startBroker(t);
    const { tinct, within } = serving({ outbound: { fetch: false } });
    t.teardown(() => tinct.close());
    const about = { clientId: 'tinct', bootstrapBrokers: [address], autocreateTopics: true };
    const producer = new Producer({ ...about, serializers: stringSerializers });
    t.teardown(() => producer.close());
    const send = (value: string) =>
      producer.send({
        messages: [{ topic: 'orders', value, headers: messageHeaders(tinct, { source: 'web' }) }],
      });
    await send('nobody');
    await within(() => send('a canary'));
    const consumer = new Consumer({ ...about, groupId: 'g', deserializers: stringDeserializers });
    const stream = await consumer.consume({
      topics: ['orders'],
      mode: 'earliest',
      autocommit: false,
    });
    t.teardown(() => consumer.close(true));
    const seen: unknown[] = [];
    stream.on('data', (message) => {
      const heard = [...message.headers]
        .flat()
        .filter((text) => text === 'user-id' || text.includes(USER));
      void handleMessage(tinct, message, () => {
        seen.push([message.value, variant('my-service'), message.headers.get('source'), heard]);
      }).then(() => stream.emit('handled'));
    });
    while (seen.length < 2) await once(stream, 'handled');
    t.strictSame(seen, [
      ['nobody', undefined, 'web', []],
      ['a canary', 'v2', 'web', []],
    ]);
  },
);
