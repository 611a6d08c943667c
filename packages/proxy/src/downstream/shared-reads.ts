/**
 * Connections that are read into one memory. For each read Node's streams take 64 kB, of which a request fills one, and have
 * it collected. Node has another way (`onread`), and gives it to those who connect, not to servers. So a client's connection
 * gets a second socket, made as Node itself makes the first.
 */
import { Socket, type SocketConstructorOpts } from 'node:net';

/** Reads what came: it is overwritten by what comes next. False: no more for now. */
export type Read = (memory: Buffer, bytes: number) => boolean;

/** What Node keeps of a connection. It is not documented: where it is another one day, connections stay as they are. */
interface Handle {
  reading: boolean;
  readStop(): number;
  useUserBuffer(memory: Uint8Array): void;
}

const KNOWN = ['readStart', 'readStop', 'useUserBuffer'] as const;
const READ_BYTES = 65_536;
/** Nobody keeps it: one for all. */
const memory = Buffer.allocUnsafeSlow(READ_BYTES);

function handleOf(socket: Socket): Handle | undefined {
  // What is no plain connection (TLS) reads in a way of its own.
  if (socket.constructor !== Socket) return undefined;
  const { _handle: handle } = socket as { _handle?: Handle & Record<string, unknown> };
  return KNOWN.every((name) => typeof handle?.[name] === 'function') ? handle : undefined;
}

/** How somebody in between said where it comes from. */
function keepSource(from: Socket, to: Socket): void {
  for (const name of ['remoteAddress', 'remoteFamily', 'remotePort'] as const) {
    const own = Object.getOwnPropertyDescriptor(from, name);
    if (own !== undefined) Object.defineProperty(to, name, own);
  }
}

/** A connection that hands what comes to `read`; `undefined`: this one can't. It ends with the one that it was made from. */
export function takeOver(from: Socket, read: Read): Socket | undefined {
  const handle = handleOf(from);
  if (handle === undefined) return undefined;
  // It is read anew from here on, so that an end that came already comes again.
  handle.readStop();
  handle.reading = false;
  (from as { _handle?: unknown })._handle = null;
  const onread = { buffer: memory, callback: (bytes: number) => read(memory, bytes) };
  const how: unknown = { handle, allowHalfOpen: true, onread };
  const made = new Socket(how as SocketConstructorOpts);
  keepSource(from, made);
  made.on('close', () => from.destroy());
  from.on('close', () => made.destroy());
  return made;
}
