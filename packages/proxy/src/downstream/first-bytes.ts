import type { Socket } from 'node:net';

/** What the first bytes of a connection mean, and how many of them nobody else needs to see. */
export interface Verdict<T> {
  readonly value: T;
  readonly length: number;
}

/**
 * Reads the first bytes of a connection until they mean something; `judge` says `undefined` until then. What is beyond
 * the verdict's length is still unread when `settle` hears of it. A peer that takes longer than `patienceMs` (0: for
 * ever) is closed, and one that ends before is let go.
 */
export function firstBytes<T>(
  socket: Socket,
  patienceMs: number,
  judge: (seen: Buffer) => Verdict<T> | undefined,
  settle: (value: T) => void,
): void {
  const ignore = () => {};
  const impatient = patienceMs === 0 ? undefined : setTimeout(() => socket.destroy(), patienceMs);
  let seen: Buffer = Buffer.alloc(0);
  // An end without any byte is an end.
  const over = () => void socket.end();
  const leave = () => clearTimeout(impatient);
  const look = () => {
    const chunk: Buffer | null = socket.read();
    if (chunk === null) return;
    seen = Buffer.concat([seen, chunk]);
    const verdict = judge(seen);
    if (verdict === undefined) return;
    clearTimeout(impatient);
    socket.off('readable', look).off('error', ignore).off('close', leave).off('end', over);
    if (seen.length > verdict.length) socket.unshift(seen.subarray(verdict.length));
    settle(verdict.value);
  };
  socket.on('error', ignore).on('close', leave).on('readable', look).on('end', over);
}
