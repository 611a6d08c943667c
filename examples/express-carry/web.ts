/** What users see. It has no plan: it reads what the edge decided, and carries it on. */
import { setTimeout } from 'node:timers/promises';
import { variant } from '@tinct/sdk';
import { tinct } from '@tinct/sdk/express';
import express, { type Express } from 'express';

export function web(warehouse: string): Express {
  const app = express();
  app.use(tinct({ trust: 'mesh' })); // the one line

  app.get('/', async (_req, res) => {
    await setTimeout(5); // the context survives timers, callbacks and promises
    const received = await fetch(warehouse); // the color goes along
    const hello = variant('greeting') === 'v2' ? 'Hello' : 'Good day';
    res.json({ hello, received: await received.json() });
  });
  return app;
}
