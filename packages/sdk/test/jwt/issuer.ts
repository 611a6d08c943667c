/** A real issuer on loopback: a server that publishes keys, and tokens that they sign. */
import { createServer, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { exportJWK, generateKeyPair, type JWTPayload, SignJWT } from 'jose';
import type { Test } from 'tap';
import type { JwtSource } from '../../src/index.ts';

export const ISSUER = 'https://id.example';
export const NOW = Date.parse('2026-03-01T12:00:00Z');

type Answer = (res: ServerResponse) => void;

export interface Issuer {
  readonly url: string;
  readonly source: JwtSource;
  /** How often the keys were asked for. */
  asked(): number;
  /** Another way to answer; without one, with the keys. */
  answer(how?: Answer): void;
  /** Publishes only this key from now on, and signs with it. */
  rotate(kid: string): Promise<void>;
  sign(claims?: JWTPayload, header?: Record<string, unknown>): Promise<string>;
  publicPem(): Promise<string>;
}

export async function startIssuer(t: Test): Promise<Issuer> {
  let pair = await generateKeyPair('ES256', { extractable: true });
  let kid = 'one';
  let asked = 0;
  let how: Answer | undefined;
  const publish = async (res: ServerResponse) => {
    const jwk = { ...(await exportJWK(pair.publicKey)), kid, use: 'sig', alg: 'ES256' };
    res.end(JSON.stringify({ keys: [jwk] }));
  };
  const server = createServer((_, res) => {
    asked += 1;
    if (how === undefined) void publish(res);
    else how(res);
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  t.teardown(() => {
    server.close();
    server.closeAllConnections();
  });
  const url = `http://127.0.0.1:${(server.address() as AddressInfo).port}/jwks.json`;
  return {
    url,
    source: {
      kind: 'jwt',
      unit: 'user',
      from: { header: 'authorization' },
      claim: 'sub',
      issuer: ISSUER,
      audience: 'shop',
      jwks: url,
    },
    asked: () => asked,
    answer: (next) => {
      how = next;
    },
    async rotate(next) {
      kid = next;
      pair = await generateKeyPair('ES256', { extractable: true });
    },
    sign: (claims = {}, header = {}) =>
      new SignJWT({
        iss: ISSUER,
        aud: 'shop',
        sub: 'alice',
        exp: NOW / 1000 + 300,
        ...claims,
      })
        .setProtectedHeader({ alg: 'ES256', kid, ...header })
        .sign(pair.privateKey),
    publicPem: async () => JSON.stringify(await exportJWK(pair.publicKey)),
  };
}
