/** Takes orders, decides by the plan, and sends each order on as a message in its request's color. */
import { createServer, type Server } from 'node:http';
import { Producer, stringSerializers } from '@platformatic/kafka';
import { createTinct } from '@tinct/sdk';
import { tinct } from '@tinct/sdk/http';
import { messageHeaders } from '@tinct/sdk/kafka';

export function web(broker: string, plan: string): Server {
  const loopback = { cidr: ['127.0.0.1'] };
  const service = createTinct({ trust: 'none', identityTrust: loopback, plan });
  const producer = new Producer({
    clientId: 'web',
    bootstrapBrokers: [broker],
    serializers: stringSerializers,
  });
  return createServer(
    tinct(service, async (req, res) => {
      const value = (req.url ?? '/').slice(1);
      const headers = messageHeaders(service); // the color goes along
      await producer.send({ messages: [{ topic: 'orders', value, headers }] });
      res.end(`ordered ${value}\n`);
    }),
  );
}
