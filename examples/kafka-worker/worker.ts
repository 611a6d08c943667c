/** Packs orders, some time later, each in the color of the request that sent it. */
import { Consumer, stringDeserializers } from '@platformatic/kafka';
import { createTinct, variant } from '@tinct/sdk';
import { handleMessage } from '@tinct/sdk/kafka';

async function pack(order: string): Promise<void> {
  const how = variant('packing') === 'v2' ? 'the new way' : 'as ever';
  process.stdout.write(`${order}: packed ${how}\n`);
}

export async function worker(broker: string, plan: string): Promise<void> {
  // Only our own services write to the topic. By the plan it knows of aborts: a color that waited too long is dropped.
  const service = createTinct({ trust: 'mesh', plan });
  const consumer = new Consumer({
    clientId: 'worker',
    groupId: 'packing',
    bootstrapBrokers: [broker],
    deserializers: stringDeserializers,
  });
  const orders = await consumer.consume({
    topics: ['orders'],
    mode: 'committed',
    fallbackMode: 'earliest',
  });
  for await (const message of orders)
    await handleMessage(service, message, () => pack(message.value));
}
