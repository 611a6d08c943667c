import { createServer, type RequestListener } from 'node:http';
import { tinct as middleware } from '@tinct/sdk/http';
import { HOST, type Start } from './setup.ts';

export const start: Start = ({ port, hello, tinct }) => {
  const listener: RequestListener = (req, res) =>
    res.setHeader('content-type', 'application/json').end(JSON.stringify(hello(req)));
  return createServer(tinct === undefined ? listener : middleware(tinct, listener)).listen(
    port,
    HOST,
  );
};
