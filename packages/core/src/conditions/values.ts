/** How texts are read as versions and addresses. Anything else is `undefined`, never a guess. */
import ipaddr from 'ipaddr.js';
import { SemVer } from 'semver';

/** SemVer 2.0.0, https://semver.org: no `v`, no leading zeros, no spaces. */
const SEMVER =
  /^(0|[1-9]\d*)\.(0|[1-9]\d*)\.(0|[1-9]\d*)(-(0|[1-9]\d*|\d*[a-zA-Z-][0-9a-zA-Z-]*)(\.(0|[1-9]\d*|\d*[a-zA-Z-][0-9a-zA-Z-]*))*)?(\+[0-9a-zA-Z-]+(\.[0-9a-zA-Z-]+)*)?$/;
const MAX_SEMVER = 256;

export function parseSemver(text: string): SemVer | undefined {
  if (text.length > MAX_SEMVER || !SEMVER.test(text)) return undefined;
  try {
    const version = new SemVer(text);
    return version.prerelease.some(isInexact) ? undefined : version;
  } catch {
    return undefined;
  }
}

/** A number beyond 2^53 - 1 stays a text, and two that differ would compare as equal. */
function isInexact(identifier: string | number): boolean {
  return /^\d+$/.test(String(identifier)) && !Number.isSafeInteger(Number(identifier));
}

/** An address of either family; an IPv4 address inside IPv6 is the IPv4 address. */
export type Address = ipaddr.IPv4 | ipaddr.IPv6;
export type Cidr = readonly [network: Address, bits: number];

/** Four octets without leading zeros: some resolvers read `010` as eight. */
const IPV4 = /^(?:(?:25[0-5]|2[0-4]\d|1\d\d|[1-9]?\d)(?:\.(?!$)|$)){4}$/;

export function parseAddress(text: string): Address | undefined {
  if (text.length > 45 || text.includes('%')) return undefined;
  if (IPV4.test(text)) return ipaddr.IPv4.parse(text);
  const groups = text.includes(':') ? withoutDots(text) : undefined;
  return groups !== undefined && ipaddr.IPv6.isValid(groups) ? ipaddr.process(groups) : undefined;
}

/** IPv6 with its IPv4 ending in hexadecimal: ipaddr.js would take `010` and `0x7f` there, and `::10.0.0.1` for IPv4. */
function withoutDots(text: string): string | undefined {
  const tail = text.slice(text.lastIndexOf(':') + 1);
  if (!tail.includes('.')) return text;
  if (!IPV4.test(tail)) return undefined;
  const [a = 0, b = 0, c = 0, d = 0] = tail.split('.').map(Number);
  const groups = [a * 256 + b, c * 256 + d].map((group) => group.toString(16));
  return text.slice(0, -tail.length) + groups.join(':');
}

/** The prefix of `::ffff:0:0/96`, which holds the IPv4 addresses inside IPv6. */
const MAPPED_BITS = 96;

export function parseCidr(text: string): Cidr | undefined {
  const slash = text.lastIndexOf('/');
  const written = slash < 0 ? '' : text.slice(0, slash);
  const address = parseAddress(written);
  const length = text.slice(slash + 1);
  if (address === undefined || !/^(0|[1-9]\d{0,2})$/.test(length)) return undefined;
  const isMapped = address.kind() === 'ipv4' && written.includes(':');
  const bits = Number(length) - (isMapped ? MAPPED_BITS : 0);
  const most = address.kind() === 'ipv4' ? 32 : 128;
  return bits >= 0 && bits <= most ? [address, bits] : undefined;
}

export function inCidr(address: Address, [network, bits]: Cidr): boolean {
  return address.kind() === network.kind() && address.match(network as never, bits);
}
