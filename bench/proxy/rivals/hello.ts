/** A floor: node:http answers by itself. */
import { createServer } from 'node:http';

const [port = 0] = process.argv.slice(2).map(Number);
const body = 'x'.repeat(1024);
const headers = ['content-type', 'application/json', 'content-length', `${body.length}`];

createServer((_, res) => {
  res.writeHead(200, headers).end(body);
}).listen(port, '127.0.0.1');
