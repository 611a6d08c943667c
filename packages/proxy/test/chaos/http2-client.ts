/** Clients by HTTP/2: many streams at a time on one connection. */
import { type ClientHttp2Session, connect, constants } from 'node:http2';
import type { Field } from '../differential/wire.ts';
import { bodyOf, type Exchange, fault } from './exchange.ts';

/** How many streams are open at a time. */
const TOGETHER = 10;

interface Heard {
  status: string;
  id: string;
  body: string;
  ended: boolean;
}

function request(session: ClientHttp2Session, { method, service }: Exchange, id: string) {
  const stream = session.request(
    { ':method': method, ':path': `/${id}`, 'x-id': id, 'x-service': service },
    { endStream: method !== 'POST' },
  );
  const heard: Heard = { status: '', id: '', body: '', ended: false };
  stream
    .setEncoding('latin1')
    .on('data', (chunk: string) => {
      heard.body += chunk;
    })
    .on('response', (headers) => {
      heard.status = `${headers[':status']}`;
      heard.id = `${headers['x-id'] ?? ''}`;
    })
    .on('end', () => {
      heard.ended = true;
    })
    .on('error', () => {});
  return { stream, heard };
}

/** One stream; what was wrong with it, in words. */
async function meet(session: ClientHttp2Session, exchange: Exchange, id: string) {
  const { client, service, method, size } = exchange;
  const { stream, heard } = request(session, exchange, id);
  const closed = new Promise((resolve) => stream.once('close', resolve));
  const cancel = () => stream.close(constants.NGHTTP2_CANCEL);
  const body = method === 'POST' ? bodyOf(id, size) : '';
  if (client === 'leaves at once' || client === 'leaves within the head') cancel();
  else if (client === 'resets at once') stream.destroy();
  else if (client === 'leaves within the body' && body !== '')
    stream.write(body.slice(0, body.length / 2), 'latin1', cancel);
  else {
    if (client === 'leaves when the answer begins') stream.once('response', cancel);
    if (method === 'POST') stream.end(body, 'latin1');
  }
  await closed;
  if (client !== 'waits' && client !== 'ends its side and waits') return undefined;
  if (heard.status === '') return `${id}: no answer, and it ${service}`;
  const fields: Field[] = [['x-id', heard.id]];
  const whole = heard.ended && stream.rstCode === constants.NGHTTP2_NO_ERROR;
  const start = `HTTP/2 ${heard.status}`;
  return fault(id, exchange, {
    start,
    fields,
    framing: 'chunked',
    body: heard.body,
    trailers: [],
    whole,
  });
}

/** One client's exchanges over one connection. */
export async function driveStreams(
  url: string,
  name: string,
  exchanges: readonly Exchange[],
): Promise<string[]> {
  const session = connect(url).on('error', () => {});
  const faults: string[] = [];
  for (let from = 0; from < exchanges.length; from += TOGETHER) {
    const some = exchanges.slice(from, from + TOGETHER);
    const met = some.map((exchange, i) => meet(session, exchange, `${name}-${from + i}`));
    faults.push(...(await Promise.all(met)).filter((each) => each !== undefined));
  }
  session.destroy();
  return faults;
}
