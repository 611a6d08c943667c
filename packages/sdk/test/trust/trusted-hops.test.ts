import type { Socket } from 'node:net';
import t from 'tap';
import { TrustedHops } from '../../src/trust/trusted-hops.ts';

const peer = (remoteAddress: string | undefined) =>
  ({ remoteAddress, remoteFamily: remoteAddress?.includes(':') ? 'IPv6' : 'IPv4' }) as Socket;

const cases = [
  [[], '127.0.0.1', false],
  [['10.0.0.0/8'], '10.255.0.1', true],
  [['10.0.0.0/8'], '11.0.0.1', false],
  [['10.1.2.3'], '10.1.2.3', true],
  [['10.1.2.3'], '10.1.2.4', false],
  [['0.0.0.0/0'], '8.8.8.8', true],
  [['0.0.0.0/0'], '2001:db8::1', false],
  [['2001:db8::/32'], '2001:db8:1::1', true],
  [['2001:db8::/32'], '2001:db9::1', false],
  [['10.0.0.0/8'], '::ffff:10.0.0.1', true],
  [['10.0.0.0/8', '::1'], '::1', true],
  [['127.0.0.0/8'], undefined, false],
] as const;
for (const [ranges, address, trusted] of cases)
  t.test(`${address} among [${ranges}]: ${trusted}`, async (t) => {
    const hops = new TrustedHops(ranges);
    const socket = peer(address);
    t.equal(hops.has(socket), trusted);
    t.equal(hops.has(socket), trusted, 'the second time too');
  });

for (const text of [
  '',
  ' 10.0.0.1',
  '10.0.0.1/',
  '10.0.0/8',
  '10.0.0.0/33',
  '::/129',
  '10.0.0.0/8/8',
  'localhost',
])
  t.test(`${JSON.stringify(text)} is no range`, async (t) => {
    t.throws(() => new TrustedHops([text]), { code: 'TINCT_EDGE_OPTION_MALFORMED' });
  });
