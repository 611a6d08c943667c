/** web → Kafka → worker. Prints the web service's address, and then what the worker does. */
import { once } from 'node:events';
import type { AddressInfo } from 'node:net';
import { join } from 'node:path';
import { Admin } from '@platformatic/kafka';
import { web } from './web.ts';
import { worker } from './worker.ts';

const { KAFKA = '127.0.0.1:9092', PLAN = join(import.meta.dirname, 'plan.yaml') } = process.env;

/** Resolves when the topic is there. */
async function createTopic(topic: string): Promise<void> {
  const admin = new Admin({ clientId: 'main', bootstrapBrokers: [KAFKA] });
  const isThere = async () => (await admin.listTopics()).includes(topic);
  if (!(await isThere())) await admin.createTopics({ topics: [topic] });
  while (!(await isThere()));
  await admin.close();
}

await createTopic('orders');
const server = web(KAFKA, PLAN).listen(0, '127.0.0.1');
await once(server, 'listening');
process.stdout.write(`http://127.0.0.1:${(server.address() as AddressInfo).port}\n`);

await worker(KAFKA, PLAN);
