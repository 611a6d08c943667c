/** A piece of the loopback network for one mesh, so that several run at a time and every port is known before. */
import { randomInt } from 'node:crypto';
import { once } from 'node:events';
import { createServer, type Server } from 'node:net';

/** Below the ports that the kernel hands out by itself. */
const CLAIM_PORT = 19_999;

export interface Network {
  /** `127.83.7.` and the number. */
  address(host: number): string;
  /** An address that nobody was given yet. */
  next(): string;
  release(): void;
}

/** Takes a /24 of 127.0.0.0/8 that nobody else has taken. */
export async function claimNetwork(): Promise<Network> {
  for (;;) {
    const prefix = `127.${randomInt(16, 240)}.${randomInt(256)}.`;
    const claim = await listenOn(`${prefix}1`, CLAIM_PORT);
    if (claim === undefined) continue;
    let last = 1;
    return {
      address: (host) => `${prefix}${host}`,
      next: () => `${prefix}${++last}`,
      release: () => void claim.close(),
    };
  }
}

/** One that is free on every address, below those that the kernel hands out by itself. */
export async function freePort(): Promise<number> {
  for (;;) {
    const port = randomInt(20_000, 32_000);
    const claim = await listenOn('0.0.0.0', port);
    if (claim === undefined) continue;
    claim.close();
    await once(claim, 'close');
    return port;
  }
}

async function listenOn(host: string, port: number): Promise<Server | undefined> {
  const server = createServer().listen(port, host);
  server.unref();
  try {
    await once(server, 'listening');
    return server;
  } catch {
    return undefined;
  }
}
