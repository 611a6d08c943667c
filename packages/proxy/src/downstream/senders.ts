/** Load balancers that say by the PROXY protocol for whom they speak. */
import type { Socket } from 'node:net';
import { TrustedHops } from '@tinct/sdk';
import { firstBytes, type Verdict } from './first-bytes.ts';
import { readProxyHeader, type Source } from './proxy-protocol.ts';

/** From here on a connection is known by where it came from. */
function appearAs(socket: Socket, { address, family, port }: Source): void {
  Object.defineProperties(socket, {
    remoteAddress: { value: address },
    remoteFamily: { value: family },
    remotePort: { value: port },
  });
}

const endOf = ({ remoteAddress, remotePort }: Socket): string => `${remoteAddress} ${remotePort}`;

interface Read {
  /** Absent: what came is no header. */
  readonly header: { readonly source: Source | undefined } | undefined;
}

function judge(seen: Buffer): Verdict<Read> | undefined {
  const verdict = readProxyHeader(seen);
  if (verdict === 'more') return undefined;
  if (verdict === 'malformed') return { value: { header: undefined }, length: seen.length };
  return { value: { header: verdict }, length: verdict.length };
}

/**
 * Only those who are listed may send a header, and they must: whoever could do as they please could be anyone. A
 * header of anybody else is what it looks like, a malformed request.
 */
export class Senders {
  readonly #listed: TrustedHops;
  readonly #any: boolean;
  readonly #patienceMs: number;
  /** Sources by the other end of their connection: TLS makes another socket of it. */
  readonly #sources = new Map<string, Source>();

  constructor(ranges: readonly string[], patienceMs: number) {
    this.#listed = new TrustedHops(ranges, 'proxyProtocol');
    this.#any = ranges.length > 0;
    this.#patienceMs = patienceMs;
  }

  /** Calls `next` with a connection when it stands where the client's own bytes begin; otherwise ends it. */
  receive(socket: Socket, next: (socket: Socket) => void): void {
    if (!this.#any || !this.#listed.has(socket)) return next(socket);
    firstBytes(socket, this.#patienceMs, judge, ({ header }) => {
      if (header === undefined) return void socket.on('error', () => {}).destroy();
      if (header.source !== undefined) this.#remember(socket, header.source);
      next(socket);
    });
  }

  /** What TLS made of a connection comes from where that came from. */
  recognise(secured: Socket): void {
    if (!this.#any) return;
    const source = this.#sources.get(endOf(secured));
    if (source !== undefined) appearAs(secured, source);
  }

  #remember(socket: Socket, source: Source): void {
    const end = endOf(socket);
    this.#sources.set(end, source);
    socket.on('close', () => this.#sources.delete(end));
    appearAs(socket, source);
  }
}
