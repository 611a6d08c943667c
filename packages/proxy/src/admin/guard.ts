/** Who may ask what. */
import { isIP } from 'node:net';
import { secretCheck } from '../secret.ts';
import { Problem } from './problem.ts';

/** The parts of a request's head that decide. */
export interface Credentials {
  readonly authorization: string | undefined;
  readonly host: string | undefined;
}

/** `shop.example:9900` and `[::1]:9900` without their ports. */
export function hostName(host: string): string {
  const [, name = ''] = /^(\[[0-9a-f:.]+\]|[^:[\]]+)(?::\d+)?$/i.exec(host) ?? [];
  return name.replace(/^\[|\]$/g, '').toLowerCase();
}

export class Guard {
  readonly #isOff: boolean;
  readonly #isToken: (shown: string | undefined) => boolean;
  readonly #hosts: ReadonlySet<string>;

  constructor(token: string | undefined, hosts: readonly string[]) {
    this.#isOff = token === undefined;
    this.#isToken = secretCheck(token === undefined ? [] : [token]);
    this.#hosts = new Set(['localhost', ...hosts.map((host) => host.toLowerCase())]);
  }

  /** Throws a {@link Problem} unless the request may have what it asks for. */
  check({ authorization, host }: Credentials, isProtected: boolean): void {
    if (this.#hasToken(authorization)) return;
    if (isProtected) throw new Problem('TINCT_ADMIN_UNAUTHORIZED', this.#why(authorization));
    // A web page can make its own name lead here (DNS rebinding) and read the answers; it cannot have the token.
    if (!this.#isNamed(host)) throw new Problem('TINCT_ADMIN_HOST_REFUSED');
  }

  #hasToken(authorization: string | undefined): boolean {
    const [, given] = /^bearer ([\x21-\x7e]+)$/i.exec(authorization ?? '') ?? [];
    return this.#isToken(given);
  }

  #why(authorization: string | undefined): string {
    if (this.#isOff) return 'This server has no token: what changes or reveals is off.';
    return authorization === undefined ? 'There is no bearer token.' : 'The bearer token is wrong.';
  }

  /** No browser leaves Host out; health checks by HTTP/1.0 do. */
  #isNamed(host: string | undefined): boolean {
    if (host === undefined) return true;
    const name = hostName(host);
    return isIP(name) !== 0 || this.#hosts.has(name);
  }
}
