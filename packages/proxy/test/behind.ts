/** Edges whose every connection begins with a PROXY protocol header. */
import type { Test } from 'tap';
import type { Edge, EdgeOptions } from '../src/index.ts';
import { type Made, makeAuthority, makeCertificate } from './certificates.ts';
import { twoVersions } from './helpers.ts';

/** All of this machine are senders, and nobody is a trusted hop. */
export const behind = (t: Test, options: Partial<EdgeOptions> = {}): Promise<Edge> =>
  twoVersions(t, { proxyProtocol: ['127.0.0.0/8'], trustedHops: [], ...options });

/** The same by TLS, as `localhost`. */
export async function secured(
  t: Test,
  options: Partial<EdgeOptions> = {},
): Promise<{ edge: Edge; authority: Made }> {
  const dir = t.testdir({});
  const authority = makeAuthority(dir);
  const certificate = makeCertificate(dir, authority, ['localhost']);
  const tls = { certificates: [certificate] };
  return { edge: await behind(t, { ...options, tls }), authority };
}
