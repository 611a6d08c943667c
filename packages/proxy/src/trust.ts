import { BlockList, isIP, type Socket } from 'node:net';
import { TinctError } from '@tinct/core';

const CIDR = /^([0-9a-f:.]+)(?:\/(\d{1,3}))?$/i;

function malformed(option: string, text: string): TinctError {
  return new TinctError(
    'TINCT_EDGE_OPTION_MALFORMED',
    `${option}: \`${text}\` is no address or range`,
    {
      hint: 'write it as `10.0.0.0/8` or `2001:db8::/32`',
    },
  );
}

function add(list: BlockList, text: string, option: string): void {
  const [, address = '', prefix] = CIDR.exec(text) ?? [];
  const version = isIP(address);
  const bits = version === 6 ? 128 : 32;
  const length = prefix === undefined ? bits : Number(prefix);
  if (version === 0 || length > bits) throw malformed(option, text);
  list.addSubnet(address, length, version === 6 ? 'ipv6' : 'ipv4');
}

/** The peers that are believed for something. Nobody is by default. */
export class TrustedHops {
  readonly #list = new BlockList();
  readonly #nobody: boolean;
  /** A connection's peer doesn't change. */
  readonly #known = new WeakMap<Socket, boolean>();

  constructor(ranges: readonly string[], option = 'trustedHops') {
    this.#nobody = ranges.length === 0;
    for (const range of ranges) add(this.#list, range, option);
  }

  has(socket: Socket): boolean {
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
