/** A service without Tinct, of another team perhaps: it answers with what arrives of the color and of the user. */
import { createServer, type Server } from 'node:http';

export function warehouse(): Server {
  return createServer(({ headers }, res) => {
    const colors = Object.entries(headers).filter(([name]) =>
      /^(x-tinct-|baggage|user-id)/.test(name),
    );
    res.end(JSON.stringify(Object.fromEntries(colors)));
  });
}
