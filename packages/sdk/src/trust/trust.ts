/** Which peers are believed for something: the one option that has no default. */
import { TinctError } from '@tinct/core';
import { type Peer, TrustedHops } from './trusted-hops.ts';

/**
 * `mesh`: every peer, because something in front removes what clients send. `cidr`: peers at these addresses and in
 * these ranges. `none`: nobody.
 */
export type Trust = 'mesh' | 'none' | { readonly cidr: readonly string[] };

/** Whether a peer is believed; `undefined` when that hangs on an address that is not known. */
export type Believes = (peer: Peer | undefined) => boolean | undefined;

/** @throws {TinctError} for what is no trust. `option`: what messages call it. */
export function believes(trust: Trust, option: string): Believes {
  if (trust === 'mesh') return () => true;
  if (trust === 'none') return () => false;
  if (!Array.isArray((trust as { cidr?: unknown } | null)?.cidr))
    throw new TinctError(
      'TINCT_SDK_OPTION_MALFORMED',
      `${option}: it is none of 'mesh', { cidr: ['10.0.0.0/8'] } and 'none'`,
    );
  const hops = new TrustedHops(trust.cidr, `${option}.cidr`, 'TINCT_SDK_OPTION_MALFORMED');
  return (peer) => (peer?.remoteAddress === undefined ? undefined : hops.has(peer));
}
