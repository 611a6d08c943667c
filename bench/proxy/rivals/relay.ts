/** A floor: bytes go to v1 and back, and nobody looks at them. */
import { connect, createServer } from 'node:net';

const [port = 0, v1 = 0] = process.argv.slice(2).map(Number);

createServer({ noDelay: true }, (client) => {
  const service = connect({ host: '127.0.0.1', port: v1, noDelay: true });
  client.pipe(service).pipe(client);
  client.on('error', () => service.destroy());
  service.on('error', () => client.destroy());
}).listen(port, '127.0.0.1');
