/** Who ended a stream of HTTP/2 before its time: Node says only that it was. */
import { constants, type ServerHttp2Stream } from 'node:http2';

const ended = new WeakSet<ServerHttp2Stream>();

/** Ends a stream by the edge's own will. */
export function closeStream(stream: ServerHttp2Stream, code: number): void {
  ended.add(stream);
  stream.close(code);
}

/** What Node says of the streams of a connection that broke the rules. */
const fellWithItsConnection = ({ session, rstCode }: ServerHttp2Stream): boolean =>
  session?.destroyed !== false && rstCode === constants.NGHTTP2_INTERNAL_ERROR;

/** Calls `onReset` if the client ends the stream before it was answered. */
export function watchReset(stream: ServerHttp2Stream, onReset: () => void): void {
  const look = () => {
    if (!ended.has(stream) && !fellWithItsConnection(stream)) onReset();
  };
  // One that was reset before it was handed over has said so already.
  if (stream.aborted) look();
  else stream.on('aborted', look);
}
