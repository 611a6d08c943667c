/** The edge's smaller readers: whatever the bytes, they read what is there, and nothing that is not. */
import { isIP, type Socket } from 'node:net';
import { PassThrough } from 'node:stream';
import fc from 'fast-check';
import t from 'tap';
import type { ColoredRequest } from '../src/color.ts';
import { configSchema } from '../src/config/schema.ts';
import { firstBytes } from '../src/downstream/first-bytes.ts';
import { Http2Request } from '../src/downstream/http2-request.ts';
import { judgedPeer } from '../src/ext-authz/downstream.ts';
import { nextHop } from '../src/forward/max-forwards.ts';
import { connectionOptions, namedBy } from '../src/hop-by-hop.ts';
import { Refusal } from '../src/refusal.ts';
import { targetOf } from '../src/target.ts';

const RUNS = { numRuns: 20_000, seed: 6 };
const of = (...pieces: string[]) =>
  fc.oneof(fc.string({ unit: fc.constantFrom(...pieces), maxLength: 12 }), fc.string());

t.test('any request target and Hosts: a path and one host, or a refusal', async () => {
  const url = of('/', 'a', '?', '#', '*', ':', '@', 'http://', 'HTTPS://', 'b', '..', '%2f', ' ');
  const host = of('a', 'b', '.', ':', '80', '@', '/', '[', ']', '::1', ',', ' ');
  const holds = (target: string, hosts: readonly string[], isOld: boolean) => {
    const read = targetOf(target, hosts, isOld);
    if (read instanceof Refusal) return [400, 501].includes(read.status);
    const isOne = read.host === (hosts[0] ?? '') && !/[@/?#,\s]/.test(read.host);
    return isOne && read.path.startsWith('/') && !read.path.includes('#');
  };
  fc.assert(fc.property(url, fc.array(host, { maxLength: 2 }), fc.boolean(), holds), RUNS);
});

t.test(
  'any Connection: options in lower case, and what frames or addresses is never named away',
  async () => {
    const value = of(
      'close',
      'keep-alive',
      'Host',
      'x-a',
      'Content-Length',
      'TE',
      ',',
      ' ',
      '\t',
      ';',
    );
    const holds = (values: readonly string[]) => {
      const options = connectionOptions(values);
      const named = namedBy(values) ?? new Set<string>();
      const isKept = ['host', 'content-length', 'content-type'].every((name) => !named.has(name));
      return (
        isKept && [...named].every((name) => options.includes(name) && name === name.toLowerCase())
      );
    };
    fc.assert(fc.property(fc.array(value, { maxLength: 3 }), holds), RUNS);
  },
);

t.test(
  'any X-Forwarded-For: an address or nobody, and the gateway’s own word where no hop stands between',
  async () => {
    const value = of('1.1.1.1', '2.2.2.2', ',', ' ', '::1', 'x', '"', '3.3.3.3');
    const source = fc.constantFrom('9.9.9.9', '::9', undefined);
    const holds = (values: readonly string[], from: string | undefined, hops: number) => {
      const raw = values.flatMap((text) => ['X-Forwarded-For', text]);
      const { remoteAddress } = judgedPeer(raw, from, hops);
      if (from === undefined) return remoteAddress === undefined;
      if (hops === 0) return remoteAddress === from;
      return remoteAddress === undefined || isIP(remoteAddress) > 0;
    };
    fc.assert(
      fc.property(fc.array(value, { maxLength: 3 }), source, fc.nat({ max: 4 }), holds),
      RUNS,
    );
  },
);

t.test(
  'any Max-Forwards: one less, the end at 0, and what is no number is left alone',
  async () => {
    const value = of('0', '1', '9', '00', '-', '+', '.', ' ', 'a');
    const holds = (text: string) => {
      const request = { method: 'OPTIONS', headers: ['a', 'b', 'Max-Forwards', text] };
      const next = nextHop(request as unknown as ColoredRequest);
      if (next === undefined) return /^0{1,9}$/.test(text);
      return /^\d{1,9}$/.test(text)
        ? next.headers[3] === `${Number(text) - 1}`
        : next.headers[3] === text;
    };
    fc.assert(fc.property(value, holds), RUNS);
  },
);

t.test(
  'any text as a duration of the configuration: a number and its unit, or a finding',
  async () => {
    const value = of('0', '1', '5', 'm', 's', 'h', 'ms', ' ', '-', '.', 'd', 'e');
    const holds = (text: string) => {
      const { success } = configSchema.shape.shutdown.safeParse({ grace: text });
      return !success || /^\d+(?:\.\d+)?[a-z]{1,2}$/.test(text);
    };
    fc.assert(fc.property(value, holds), { ...RUNS, numRuns: 5000 });
  },
);

t.test(
  'any fields of HTTP/2: a request that HTTP/1.1 could carry, or one without a target',
  async () => {
    const name = fc.constantFrom(
      ...[':method', ':path', ':scheme', ':authority', ':protocol', ':x', 'host', 'cookie'],
      ...['x-a', 'X-A', 'x:b', 'x\r\ny', '', 'sec-websocket-key'],
    );
    const value = of(
      'GET',
      'CONNECT',
      '/',
      '/a b',
      'http',
      'a',
      'websocket',
      '\r\n',
      '\0',
      '\xe9',
      ' ',
    );
    const holds = (fields: readonly (readonly [string, string])[]) => {
      const stream = Object.assign(new PassThrough(), { endAfterHeaders: true });
      const request = new Http2Request(stream as never, fields.flat());
      const isSafe = (text: string) => !/[\r\n\0]/.test(text);
      const isTarget = /^[/*][\x21-\x7e\x80-\xff]*$/.test(request.url);
      if (request.url === '') return true;
      const names = request.rawHeaders.filter((_, i) => i % 2 === 0);
      return (
        isTarget && request.rawHeaders.every(isSafe) && !names.some((each) => each.includes(':'))
      );
    };
    const lists = fc.array(fc.tuple(name, value), { maxLength: 8 });
    fc.assert(fc.property(lists, holds), { ...RUNS, numRuns: 10_000 });
  },
);

t.test(
  'the first bytes of a connection, cut anyhow: one verdict, and nothing is lost or read twice',
  async () => {
    const cuts = fc.array(fc.uint8Array({ minLength: 1, maxLength: 6 }), {
      minLength: 1,
      maxLength: 6,
    });
    const property = fc.asyncProperty(cuts, fc.nat({ max: 12 }), async (pieces, length) => {
      const all = Buffer.concat(pieces);
      if (all.length < length) return true;
      const socket = Object.assign(new PassThrough(), { destroySoon() {} });
      let verdicts = 0;
      const rest = new Promise<Buffer>((resolve) => {
        firstBytes(
          socket as unknown as Socket,
          0,
          (seen) => (seen.length < length ? undefined : { value: length, length }),
          () => {
            verdicts += 1;
            const left: Buffer[] = [];
            socket.on('data', (chunk: Buffer) => left.push(chunk));
            socket.on('end', () => resolve(Buffer.concat(left)));
          },
        );
      });
      for (const piece of pieces) {
        socket.write(piece);
        await new Promise((resolve) => setImmediate(resolve));
      }
      socket.end();
      return (await rest).equals(all.subarray(length)) && verdicts === 1;
    });
    await fc.assert(property, { numRuns: 500, seed: 6 });
  },
);
