import fc from 'fast-check';
import t from 'tap';
import {
  type ProxyVerdict,
  readProxyHeader,
  type Source,
} from '../src/downstream/proxy-protocol.ts';
import { v2 } from './proxy-headers.ts';

const CASES = 20_000;
const read = (text: string): ProxyVerdict => readProxyHeader(Buffer.from(text, 'latin1'));
const sourceOf = (verdict: ProxyVerdict) =>
  typeof verdict === 'string' ? verdict : verdict.source;

t.test('version 1', async (t) => {
  const good = [
    ['PROXY TCP4 192.0.2.1 10.0.0.1 56324 443', '192.0.2.1', 56_324, 'IPv4'],
    ['PROXY TCP4 255.255.255.255 255.255.255.255 65535 65535', '255.255.255.255', 65_535, 'IPv4'],
    ['PROXY TCP6 2001:db8::1 ::1 1 2', '2001:db8::1', 1, 'IPv6'],
    ['PROXY TCP6 2001:0DB8:0:0:0:0:0:1 ::1 0 2', '2001:db8::1', 0, 'IPv6'],
    ['PROXY TCP6 ::ffff:192.0.2.9 ::1 1 2', '192.0.2.9', 1, 'IPv4'],
  ] as const;
  for (const [line, address, port, family] of good)
    t.strictSame(read(`${line}\r\nGET`), {
      length: line.length + 2,
      source: { address, port, family },
    });
  for (const line of ['PROXY UNKNOWN', 'PROXY UNKNOWN ffff::1 ffff::2 65535 65535'])
    t.strictSame(read(`${line}\r\n`), { length: line.length + 2, source: undefined });
});

t.test('version 2', async (t) => {
  const of = (...args: Parameters<typeof v2>) => {
    const header = v2(...args);
    return { header, verdict: readProxyHeader(Buffer.concat([header, Buffer.from('GET')])) };
  };
  const ipv4 = of(0x21, 0x11, [192, 0, 2, 1, 10, 0, 0, 1, 0xdc, 4, 1, 187]);
  t.strictSame(ipv4.verdict, {
    length: 28,
    source: { address: '192.0.2.1', port: 56_324, family: 'IPv4' },
  });
  const address = [0x20, 1, 0xd, 0xb8, ...Array(11).fill(0), 7];
  const ipv6 = of(0x21, 0x21, [...address, ...Array(16).fill(1), 0, 80, 1, 187]);
  t.strictSame(sourceOf(ipv6.verdict), { address: '2001:db8::7', port: 80, family: 'IPv6' });
  const mapped = [...Array(10).fill(0), 255, 255, 192, 0, 2, 9, ...Array(16).fill(0), 0, 80, 0, 1];
  t.match(sourceOf(of(0x21, 0x21, mapped).verdict), { address: '192.0.2.9', family: 'IPv4' });
  const tlvs = of(0x21, 0x11, [192, 0, 2, 1, 10, 0, 0, 1, 0, 1, 0, 2, 4, 0, 3, 1, 2, 3]);
  t.match(tlvs.verdict, { length: 34, source: { address: '192.0.2.1' } });
  const own = [
    of(0x20, 0x00, []),
    of(0x20, 0x11, [192, 0, 2, 1, 10, 0, 0, 1, 0, 1, 0, 2]),
    of(0x20, 0x11, [1, 2, 3]),
    of(0x21, 0x00, [9, 9, 9]),
    of(0x21, 0x31, Array(216).fill(47)),
  ];
  for (const { header, verdict } of own)
    t.strictSame(verdict, { length: header.length, source: undefined });
});

t.test('what is no header is none, whatever follows', async (t) => {
  const bad = [
    'GET / HTTP/1.1\r\n',
    'PRI * HTTP/2.0\r\n\r\nSM',
    'proxy TCP4 1.1.1.1 1.1.1.1 1 1\r\n',
    'PROXY  TCP4 1.1.1.1 1.1.1.1 1 1\r\n',
    'PROXY TCP4 1.1.1.1 1.1.1.1 1 1 \r\n',
    'PROXY TCP4 1.1.1 1.1.1.1 1 1\r\n',
    'PROXY TCP4 01.1.1.1 1.1.1.1 1 1\r\n',
    'PROXY TCP4 1.1.1.1 1.1.1.1 01 1\r\n',
    'PROXY TCP4 1.1.1.1 1.1.1.1 65536 1\r\n',
    'PROXY TCP4 1.1.1.1 1.1.1.1 1 65536\r\n',
    'PROXY TCP4 1.1.1.1 1.1.1.1 1\r\n',
    'PROXY TCP4 ::1 ::1 1 1\r\n',
    'PROXY TCP6 1.1.1.1 1.1.1.1 1 1\r\n',
    'PROXY TCP6 fe80::1%eth0 ::1 1 1\r\n',
    'PROXY TCP5 1.1.1.1 1.1.1.1 1 1\r\n',
    'PROXY UNKNOWNX\r\n',
    'PROXY UNKNOWN a\0b\r\n',
    'PROXY TCP4 1.1.1.1 1.1.1.1 1 1\n\r\n',
    `PROXY UNKNOWN ${'x'.repeat(100)}\r\n`,
    `PROXY TCP4 ${'x'.repeat(100)}`,
  ];
  for (const text of bad) t.equal(read(text), 'malformed', JSON.stringify(text));
  const binary: [string, Buffer][] = [
    ['version 1 in version 2’s form', v2(0x11, 0x11, Array(12).fill(1))],
    ['an unknown command', v2(0x22, 0x11, Array(12).fill(1))],
    ['an unknown family', v2(0x21, 0x41, Array(12).fill(1))],
    ['an unknown transport', v2(0x21, 0x13, Array(12).fill(1))],
    ['too short for IPv4', v2(0x21, 0x11, Array(11).fill(1))],
    ['too short for IPv6', v2(0x21, 0x21, Array(35).fill(1))],
    ['too short for UNIX', v2(0x21, 0x31, Array(215).fill(1))],
    ['extensions beyond 4,096 bytes', v2(0x21, 0x11, Array(5000).fill(1))],
    ['65,535 bytes announced', v2(0x21, 0x11, [], 65_535)],
  ];
  for (const [what, header] of binary) t.equal(readProxyHeader(header), 'malformed', what);
});

const byte = fc.integer({ min: 0, max: 255 });
const header = fc.oneof(
  fc.tuple(fc.ipV4(), fc.ipV4(), fc.nat(65_535), fc.nat(65_535)).map(([from, to, a, b]) => ({
    bytes: Buffer.from(`PROXY TCP4 ${from} ${to} ${a} ${b}\r\n`),
    source: { address: from, port: a, family: 'IPv4' } as Source,
  })),
  fc
    .tuple(fc.array(byte, { minLength: 12, maxLength: 12 }), fc.array(byte, { maxLength: 60 }))
    .map(([addresses, tlvs]) => ({
      bytes: v2(0x21, 0x11, [...addresses, ...tlvs]),
      source: {
        address: addresses.slice(0, 4).join('.'),
        port: Buffer.from(addresses).readUInt16BE(8),
        family: 'IPv4',
      } as Source,
    })),
);

t.test(`${CASES} headers, cut at any byte and with anything behind them`, async (t) => {
  const rest = fc.uint8Array({ maxLength: 40 });
  fc.assert(
    fc.property(header, fc.nat(), rest, ({ bytes, source }, at, behind) => {
      const whole = readProxyHeader(Buffer.concat([bytes, behind]));
      const cut = readProxyHeader(bytes.subarray(0, at % bytes.length));
      return (
        cut === 'more' &&
        typeof whole === 'object' &&
        whole.length === bytes.length &&
        JSON.stringify(whole.source) === JSON.stringify(source)
      );
    }),
    { numRuns: CASES },
  );
  t.pass();
});

t.test(
  `${CASES} texts that are nearly headers, or nothing like them: no throw, no verdict that moves`,
  async (t) => {
    const spoilt = fc.tuple(header, fc.nat(), byte).map(([{ bytes }, at, value]) => {
      const copy = Buffer.from(bytes);
      copy[at % copy.length] = value;
      return copy;
    });
    const noise = fc.uint8Array({ maxLength: 300 }).map((bytes) => Buffer.from(bytes));
    const led = noise.map((bytes) => Buffer.concat([v2(0, 0, []).subarray(0, 12), bytes]));
    fc.assert(
      fc.property(fc.oneof(spoilt, noise, led), fc.nat(), (bytes, at) => {
        const whole = readProxyHeader(bytes);
        const part = readProxyHeader(bytes.subarray(0, at % (bytes.length + 1)));
        // What a part says for certain, the whole says too.
        if (part === 'malformed') return whole === 'malformed';
        if (part === 'more') return true;
        return JSON.stringify(part) === JSON.stringify(whole) && part.length <= bytes.length;
      }),
      { numRuns: CASES },
    );
    t.pass();
  },
);
