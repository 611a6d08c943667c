/** Clients by HTTP/1.1, over connections that they keep. */
import { once } from 'node:events';
import { connect, type Socket } from 'node:net';
import {
  CutOff,
  Reader,
  readBody,
  readHead,
  responseFraming,
  valuesIn,
} from '../differential/wire.ts';
import { bodyOf, CRLF, type Exchange, fault, inChunks, length } from './exchange.ts';

function textOf(
  { method, size, chunked, service }: Exchange,
  id: string,
): readonly [string, string] {
  const body = method === 'POST' ? bodyOf(id, size) : '';
  const framing =
    method !== 'POST' ? '' : chunked ? `Transfer-Encoding: chunked${CRLF}` : length(body);
  const head = `${method} /${id} HTTP/1.1${CRLF}Host: shop${CRLF}X-Id: ${id}${CRLF}X-Service: ${service}${CRLF}${framing}${CRLF}`;
  return [head, method === 'POST' && chunked ? inChunks(body) : body];
}

/** One client's exchanges, one after another, over one connection as long as it lasts. */
export async function drive(
  port: number,
  name: string,
  exchanges: readonly Exchange[],
): Promise<string[]> {
  const faults: string[] = [];
  let socket: Socket | undefined;
  let reader: Reader | undefined;
  for (const [i, exchange] of exchanges.entries()) {
    if (socket === undefined || reader === undefined || socket.destroyed) {
      socket = connect({ port, host: '127.0.0.1', noDelay: true }).on('error', () => {});
      await once(socket, 'connect');
      reader = new Reader(socket);
    }
    const id = `${name}-${i}`;
    const isKept = await meet(socket, reader, exchange, id, faults);
    if (isKept) continue;
    socket.destroy();
    socket = undefined;
  }
  socket?.destroy();
  return faults;
}

/** Sends what this client sends; whether it stays to hear an answer. */
async function say(socket: Socket, exchange: Exchange, id: string): Promise<boolean> {
  const { client } = exchange;
  const [head, body] = textOf(exchange, id);
  if (client === 'leaves within the head' || client === 'leaves within the body') {
    const all = head + body;
    const place = client === 'leaves within the head' ? 30 : head.length + body.length / 2;
    socket.write(all.slice(0, place), 'latin1');
    await tick();
    return false;
  }
  socket.write(head + body, 'latin1');
  if (client === 'resets at once') socket.resetAndDestroy();
  if (client === 'ends its side and waits') socket.end();
  return client !== 'leaves at once' && client !== 'resets at once';
}

/** Whether the connection may carry another exchange. */
async function meet(
  socket: Socket,
  reader: Reader,
  exchange: Exchange,
  id: string,
  faults: string[],
): Promise<boolean> {
  const { client, method, service } = exchange;
  if (!(await say(socket, exchange, id))) return false;
  try {
    if (!(await reader.more())) {
      // Who ends its side before the answer counts as gone, as with nginx and Envoy.
      if (client !== 'ends its side and waits') faults.push(`${id}: no answer, and it ${service}`);
      return false;
    }
    if (client === 'leaves when the answer begins') return false;
    const given = await readHead(reader);
    const message = await readBody(reader, given, responseFraming(given, method));
    const found = fault(id, exchange, message);
    if (found !== undefined) faults.push(found);
    const closes = valuesIn(message, 'connection').join().toLowerCase().includes('close');
    return message.whole && !closes && client === 'waits';
  } catch (error) {
    if (!(error instanceof CutOff)) throw error;
    if (!service.includes('within')) faults.push(`${id}: a head cut off, and it ${service}`);
    return false;
  }
}

const tick = () => new Promise((resolve) => setImmediate(resolve));
