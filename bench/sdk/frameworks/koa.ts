import { tinct as middleware } from '@tinct/sdk/koa';
import Koa from 'koa';
import { HOST, type Start } from './setup.ts';

export const start: Start = ({ port, hello, tinct }) => {
  const app = new Koa();
  if (tinct !== undefined) app.use(middleware(tinct));
  app.use((context) => {
    context.body = hello(context.req);
  });
  return app.listen(port, HOST);
};
