import { BlockList, isIP } from 'node:net';
import { type ErrorCode, TinctError } from '@tinct/core';

/** The code for an option that doesn't fit: each program has its own. */
type OptionCode = Extract<ErrorCode, `TINCT_${string}_OPTION_MALFORMED`>;

const CIDR = /^([0-9a-f:.]+)(?:\/(\d{1,3}))?$/i;

function malformed(option: string, text: string, code: OptionCode): TinctError {
  return new TinctError(code, `${option}: \`${text}\` is no address or range`, {
    hint: 'write it as `10.0.0.0/8` or `2001:db8::/32`',
  });
}

function add(list: BlockList, text: string, option: string, code: OptionCode): void {
  const [, address = '', prefix] = CIDR.exec(text) ?? [];
  const version = isIP(address);
  const bits = version === 6 ? 128 : 32;
  const length = prefix === undefined ? bits : Number(prefix);
  if (version === 0 || length > bits) throw malformed(option, text, code);
  list.addSubnet(address, length, version === 6 ? 'ipv6' : 'ipv4');
}

/** The other end of a connection; Node's `Socket` is one. */
export interface Peer {
  readonly remoteAddress?: string | undefined;
  readonly remoteFamily?: string | undefined;
}

/** The peers that are believed for something. Nobody is by default. */
export class TrustedHops {
  readonly #list = new BlockList();
  readonly #nobody: boolean;
  /** A connection's peer doesn't change. */
  readonly #known = new WeakMap<Peer, boolean>();

  constructor(
    ranges: readonly string[],
    option = 'trustedHops',
    code: OptionCode = 'TINCT_EDGE_OPTION_MALFORMED',
  ) {
    this.#nobody = ranges.length === 0;
    for (const range of ranges) add(this.#list, range, option, code);
  }

  has(socket: Peer): boolean {
    if (this.#nobody) return false;
    const known = this.#known.get(socket);
    if (known !== undefined) return known;
    const { remoteAddress, remoteFamily } = socket;
    const trusted =
      remoteAddress !== undefined &&
      this.#list.check(remoteAddress, remoteFamily === 'IPv6' ? 'ipv6' : 'ipv4');
    this.#known.set(socket, trusted);
    return trusted;
  }
}
