/** Who sent a request, as its gateway says. The peer of the check is the gateway, whoever asks. */
import { isIP } from 'node:net';
import { type Peer, rawHeaderValues } from '@tinct/sdk';

const UNKNOWN: Peer = {};

function peerOf(address: string | undefined): Peer {
  const version = isIP(address ?? '');
  return version === 0
    ? UNKNOWN
    : { remoteAddress: address, remoteFamily: version === 6 ? 'IPv6' : 'IPv4' };
}

/**
 * The hop that trust is judged by: `hops` before the gateway's own peer, which is the last one.
 *
 * `source`: that peer, by the gateway's word; without it nobody is known. A gateway that has not written it to
 * `X-Forwarded-For` itself passes on what a client says there; so it is put behind.
 */
export function judgedPeer(
  rawHeaders: readonly string[],
  source: string | undefined,
  hops: number,
): Peer {
  if (hops === 0 || source === undefined) return peerOf(source);
  const chain = rawHeaderValues(rawHeaders)('x-forwarded-for')
    .flatMap((value) => value.split(','))
    .map((address) => address.trim());
  if (chain.at(-1) !== source) chain.push(source);
  return peerOf(chain.at(-1 - hops));
}
