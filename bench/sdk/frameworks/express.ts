import { tinct as middleware } from '@tinct/sdk/express';
import Express from 'express';
import { HOST, type Start } from './setup.ts';

export const start: Start = ({ port, hello, tinct }) => {
  const app = Express();
  if (tinct !== undefined) app.use(middleware(tinct));
  app.get('/cart', (req, res) => void res.json(hello(req)));
  return app.listen(port, HOST);
};
