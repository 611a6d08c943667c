import type { Socket } from 'node:net';
import { TLSSocket } from 'node:tls';
import { UpstreamError } from './contract.ts';

/**
 * Hears once whether a connection stands, by TLS where it is one. One that fails is closed: `UNREACHABLE`, or `INSECURE`
 * where somebody answered and TLS came to nothing.
 */
export function established(
  socket: Socket,
  timeoutMs: number,
  done: (error: UpstreamError | undefined) => void,
): void {
  const isSecure = socket instanceof TLSSocket;
  let answered = false;
  const settle = (error: UpstreamError | undefined) => {
    clearTimeout(timer);
    socket.off('error', fail).off('close', lost);
    if (error !== undefined) socket.on('error', () => {}).destroy();
    done(error);
  };
  const fail = (cause?: Error) =>
    settle(
      answered && isSecure && cause !== undefined
        ? new UpstreamError('INSECURE', `no TLS with the upstream: ${cause.message}`, { cause })
        : new UpstreamError('UNREACHABLE', 'no connection to the upstream', { cause }),
    );
  const lost = () => fail();
  const timer = timeoutMs === 0 ? undefined : setTimeout(lost, timeoutMs);
  socket.on('error', fail).on('close', lost);
  socket.once('connect', () => {
    answered = true;
  });
  socket.once(isSecure ? 'secureConnect' : 'connect', () => settle(undefined));
}
