/**
 * The PROXY protocol, versions 1 and 2: what a load balancer says of a client before the client's own bytes.
 * Written from its specification (haproxy.org, `doc/proxy-protocol.txt`). Pure: bytes in, a verdict out.
 */
import { isIPv4, isIPv6 } from 'node:net';

/** Where a connection came from. */
export interface Source {
  readonly address: string;
  readonly port: number;
  readonly family: 'IPv4' | 'IPv6';
}

export interface ProxyHeader {
  /** How many bytes it took; the client's own begin there. */
  readonly length: number;
  /** Absent: the connection is the sender's own (its health checks), or came by a way that has no address. */
  readonly source: Source | undefined;
}

/** `more`: it isn't whole yet. `malformed`: it is none, whatever follows. */
export type ProxyVerdict = ProxyHeader | 'more' | 'malformed';

const SIGNATURE = Buffer.from('\r\n\r\n\0\r\nQUIT\n', 'latin1');
const V1_START = Buffer.from('PROXY ', 'latin1');
/** With its line break, by the specification. */
const V1_BYTES = 107;
/** Beyond addresses: extensions (TLVs), which say nothing that is used here. The format has room for 65,535. */
const V2_BYTES = 4096;

const startsLike = (bytes: Buffer, start: Buffer): boolean => {
  const length = Math.min(bytes.length, start.length);
  return bytes.subarray(0, length).equals(start.subarray(0, length));
};

/** Reads the header at the beginning of what came so far. */
export function readProxyHeader(bytes: Buffer): ProxyVerdict {
  if (startsLike(bytes, SIGNATURE)) return bytes.length < 16 ? 'more' : version2(bytes);
  return startsLike(bytes, V1_START) ? version1(bytes) : 'malformed';
}

const V1 =
  /^PROXY (TCP4|TCP6) ([0-9a-fA-F.:]+) ([0-9a-fA-F.:]+) (0|[1-9]\d{0,4}) (0|[1-9]\d{0,4})$/;

function version1(bytes: Buffer): ProxyVerdict {
  const end = bytes.indexOf('\r\n', 0, 'latin1');
  if (end < 0) return bytes.length < V1_BYTES ? 'more' : 'malformed';
  const length = end + 2;
  if (length > V1_BYTES) return 'malformed';
  const line = bytes.toString('latin1', 0, end);
  // Whatever stands behind it says nothing.
  if (/^PROXY UNKNOWN(?: [\x20-\x7e]*)?$/.test(line)) return { length, source: undefined };
  const [, protocol, from = '', to = '', fromPort, toPort] = V1.exec(line) ?? [];
  const isAddress = protocol === 'TCP4' ? isIPv4 : isIPv6;
  const port = Number(fromPort);
  if (protocol === undefined || !isAddress(from) || !isAddress(to)) return 'malformed';
  if (port > 65_535 || Number(toPort) > 65_535) return 'malformed';
  const source =
    protocol === 'TCP4' ? { address: from, port, family: 'IPv4' as const } : ipv6(from, port);
  return { length, source };
}

/** As sockets write it, `2001:db8::1`; an IPv4 address in IPv6's clothes is one of IPv4. */
function ipv6(written: string, port: number): Source {
  const address = new URL(`http://[${written}]`).hostname.slice(1, -1);
  const [, high, low] = /^::ffff:([0-9a-f]{1,4}):([0-9a-f]{1,4})$/.exec(address) ?? [];
  if (high === undefined || low === undefined) return { address, port, family: 'IPv6' };
  const bytes = [high, low].flatMap((group) => [
    Number.parseInt(group, 16) >> 8,
    Number.parseInt(group, 16) & 255,
  ]);
  return { address: bytes.join('.'), port, family: 'IPv4' };
}

/** Bytes of the addresses, by family: none, IPv4, IPv6, UNIX. */
const ADDRESS_BYTES = [0, 12, 36, 216] as const;

function version2(bytes: Buffer): ProxyVerdict {
  const version = bytes.readUInt8(12);
  const family = bytes.readUInt8(13) >> 4;
  const transport = bytes.readUInt8(13) & 0xf;
  const length = 16 + bytes.readUInt16BE(14);
  const needed = ADDRESS_BYTES[family];
  if (version !== 0x20 && version !== 0x21) return 'malformed';
  if (needed === undefined || transport > 2 || length > V2_BYTES) return 'malformed';
  // LOCAL: the sender's own connection, whatever addresses stand there.
  const isLocal = version === 0x20;
  if (!isLocal && length < 16 + needed) return 'malformed';
  if (bytes.length < length) return 'more';
  return { length, source: isLocal ? undefined : sourceOf(bytes, family) };
}

function sourceOf(bytes: Buffer, family: number): Source | undefined {
  if (family === 1)
    return {
      address: bytes.subarray(16, 20).join('.'),
      port: bytes.readUInt16BE(24),
      family: 'IPv4',
    };
  if (family !== 2) return undefined;
  const groups = Array.from({ length: 8 }, (_, i) => bytes.readUInt16BE(16 + 2 * i).toString(16));
  return ipv6(groups.join(':'), bytes.readUInt16BE(48));
}
