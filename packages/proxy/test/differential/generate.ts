/** Generated exchanges: odd, and valid by RFC 9110 and RFC 9112. */
import fc from 'fast-check';
import type { Body, Case, RequestCase, ResponseCase } from './case.ts';
import type { Field, Framing } from './wire.ts';

const TOKEN = "!#$%&'*+-.^_`|~0123456789abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ";
const UNRESERVED = "abcxyzABCXYZ0189-._~!$&'()*+,;=:@";
const byte = (from: number, to: number) =>
  fc.integer({ min: from, max: to }).map((code) => String.fromCharCode(code));
const text = (unit: fc.Arbitrary<string>, maxLength: number, minLength = 0) =>
  fc.array(unit, { minLength, maxLength }).map((units) => units.join(''));

/** Any octet, in either case of hexadecimal. */
const encoded = fc.tuple(fc.integer({ min: 0, max: 255 }), fc.boolean()).map(([octet, upper]) => {
  const hex = octet.toString(16).padStart(2, '0');
  return `%${upper ? hex.toUpperCase() : hex}`;
});
const pchar = fc.oneof({ weight: 6, arbitrary: fc.constantFrom(...UNRESERVED) }, encoded);
const segment = fc.oneof(
  { weight: 4, arbitrary: text(pchar, 8) },
  fc.constantFrom('', '.', '...', '%2e%2e', '%2F', '%5c', 'a;b=c', 'x'.repeat(300)),
);
const path = fc
  .array(segment, { minLength: 1, maxLength: 5 })
  .map((segments) => `/${segments.join('/')}`);
const query = fc.oneof(
  { weight: 2, arbitrary: fc.constant('') },
  text(fc.oneof(pchar, fc.constantFrom('/', '?', '&', '=')), 20).map((given) => `?${given}`),
);
export const HOST = 'shop.example';
const target = fc
  .tuple(
    fc.oneof({ weight: 9, arbitrary: fc.constant('') }, fc.constant(`http://${HOST}`)),
    path,
    query,
  )
  .map((parts) => parts.join(''));

const methods = ['GET', 'GET', 'GET', 'HEAD', 'POST', 'PUT', 'PATCH', 'DELETE', 'OPTIONS'];
const method = fc.constantFrom(...methods, 'PROPFIND', 'REPORT', 'PURGE', 'M-SEARCH', 'MKCOL');

const visible = fc.oneof(
  { weight: 8, arbitrary: byte(0x21, 0x7e) },
  { weight: 1, arbitrary: byte(0x80, 0xff) },
  { weight: 1, arbitrary: fc.constantFrom(' ', '\t') },
);
const value = fc.oneof(
  { weight: 6, arbitrary: text(visible, 24).map((given) => given.replace(/^[\t ]+|[\t ]+$/g, '')) },
  { weight: 1, arbitrary: fc.constantFrom('', '"a, b"', 'a,,b', ', ', 'ü', '\u00e2\u0082\u00ac') },
  { weight: 1, arbitrary: fc.integer({ min: 500, max: 3000 }).map((length) => 'v'.repeat(length)) },
);
/** White space around a value is not part of it. */
const padded = fc
  .tuple(fc.constantFrom('', ' ', '\t', '  '), value, fc.constantFrom('', ' ', '\t '))
  .map((parts) => parts.join(''));
const foreignName = text(fc.constantFrom(...TOKEN), 10, 1).map((name) => `x-${name}`);

const pairs = (names: fc.Arbitrary<string>, values = padded): fc.Arbitrary<Field> =>
  fc.tuple(names, values);
const known = (name: string, ...values: string[]): fc.Arbitrary<Field> =>
  fc.tuple(
    fc.constantFrom(name, name.toLowerCase(), name.toUpperCase()),
    fc.constantFrom(...values),
  );

const DATE = ' Sun, 01 Mar 2026 12:00:00 GMT';
const requestField = fc.oneof(
  { weight: 6, arbitrary: pairs(foreignName) },
  pairs(
    fc.constantFrom('Cookie', 'cookie'),
    fc.constantFrom(' a=b', ' c="d"; e', ' =', ' x=1;y=2'),
  ),
  known('Accept', ' */*', ' text/html;q=0.9, */*;q=0.1', ''),
  known('User-Agent', ' curl/8', ' x (y; z) "w"'),
  known('If-None-Match', ' "a", W/"b"', ' *'),
  known('If-Modified-Since', DATE, ' yesterday'),
  known('Range', ' bytes=0-1', ' bytes=5-'),
  known('Authorization', ' Basic YTpi', ' Bearer a.b.c'),
  known('Cache-Control', ' no-cache', ' max-age=0, x="y,z"'),
  known('Content-Type', ' text/plain; charset=utf-8', ' multipart/form-data; boundary="a b"'),
  known('Accept-Encoding', ' gzip, br', ' identity;q=0'),
  known('Origin', ' null', ' https://shop.example'),
  known('TE', ' trailers'),
  known('Via', ' 1.1 before'),
  known('Traceparent', ' 00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01'),
  known('Priority', ' u=1, i'),
);
const responseField = fc.oneof(
  { weight: 6, arbitrary: pairs(foreignName) },
  {
    weight: 3,
    arbitrary: pairs(
      fc.constantFrom('Set-Cookie', 'set-cookie'),
      fc.constantFrom(' a=b; Path=/', ' a=c', ' d="e f"; Expires=Sun, 01 Mar 2026 12:00:00 GMT'),
    ),
  },
  known('Content-Type', ' text/html; charset=utf-8', ' application/json'),
  known('ETag', ' "a"', ' W/"b"'),
  known('Vary', ' accept-encoding', ' *'),
  known('Cache-Control', ' no-store', ' max-age=60, private="x"'),
  known('Link', ' </a.css>; rel=preload', ' <b>; rel="next", <c>; rel=x'),
  known('WWW-Authenticate', ' Basic realm="a, b", Bearer', ' Negotiate'),
  known('Location', ' /elsewhere', ' https://other.example/?a=b#c'),
  known('Content-Language', ' de', ''),
  known('Last-Modified', DATE),
  known('Retry-After', ' 5'),
  known('Server', ' origin'),
  known('Date', DATE),
);

const content = fc.oneof(
  { weight: 4, arbitrary: text(byte(0, 255), 60) },
  fc.integer({ min: 0, max: 20_000 }).map((length) => 'body'.repeat(length / 4)),
);
const trailers = fc.array(pairs(foreignName), { maxLength: 2 });

const bodyOf = (framing: fc.Arbitrary<Framing>): fc.Arbitrary<Body> =>
  fc
    .record({
      framing,
      bytes: content,
      chunks: fc.array(fc.integer({ min: 1, max: 3000 }), { minLength: 1, maxLength: 4 }),
      extension: fc.constantFrom('', '', ';a', ';a=b', ';a="b c"'),
      trailers,
    })
    .map((body) => (body.framing === 'chunked' ? body : { ...body, trailers: [] }));

const NO_BODY: Body = { framing: 'none', bytes: '', chunks: [], extension: '', trailers: [] };
const once = new Set([
  'user-agent',
  'if-none-match',
  'if-modified-since',
  'range',
  'authorization',
]);
for (const name of [
  'content-type',
  'te',
  'origin',
  'etag',
  'location',
  'date',
  'server',
  'retry-after',
])
  once.add(name);
for (const name of ['last-modified', 'content-language', 'via', 'traceparent']) once.add(name);

/** Headers that are no lists stand once. */
function single(fields: readonly Field[]): Field[] {
  const seen = new Set<string>();
  return fields.filter(([name]) => {
    const lower = name.toLowerCase();
    if (once.has(lower) && seen.has(lower)) return false;
    seen.add(lower);
    return true;
  });
}

const request: fc.Arbitrary<RequestCase> = fc
  .record({
    method,
    target,
    version: fc.constantFrom('1.1', '1.1', '1.1', '1.1', '1.0') as fc.Arbitrary<'1.0' | '1.1'>,
    fields: fc.array(requestField, { maxLength: 8 }).map(single),
    body: bodyOf(fc.constantFrom<Framing>('none', 'none', 'length', 'chunked')),
    expects: fc.integer({ min: 0, max: 9 }).map((die) => die === 0),
    cuts: fc.oneof(
      { weight: 4, arbitrary: fc.constant<readonly number[]>([]) },
      fc.array(fc.double({ min: 0, max: 1, noNaN: true }), { minLength: 1, maxLength: 3 }),
    ),
    connection: fc.constantFrom('', '', '', '', ' close', ' keep-alive', ' Keep-Alive'),
  })
  .map(({ connection, ...given }) => {
    const isOld = given.version === '1.0';
    const body =
      given.body.framing === 'none' || (isOld && given.body.framing === 'chunked')
        ? NO_BODY
        : given.body;
    // HTTP/1.0 has no trailers that a client could take.
    const more = given.fields.filter(([name]) => !isOld || name.toLowerCase() !== 'te');
    const fields: Field[] = [['Host', ` ${HOST}`], ...more];
    if (connection !== '') fields.push(['Connection', connection]);
    return { ...given, fields, body, expects: given.expects && !isOld && body !== NO_BODY };
  });

const STATUSES = [200, 200, 200, 201, 203, 204, 206, 299, 301, 302, 303, 304, 307, 308];
const FAULTS = [
  400, 401, 403, 404, 405, 409, 410, 418, 429, 451, 499, 500, 501, 502, 503, 504, 599,
];
const response: fc.Arbitrary<ResponseCase> = fc
  .record({
    status: fc.constantFrom(...STATUSES, ...FAULTS),
    reason: fc.constantFrom('OK', 'Fine', '', 'I am a teapot', 'No! (really) "so"', 'Nicht schön'),
    version: fc.constantFrom('1.1', '1.1', '1.1', '1.0') as fc.Arbitrary<'1.0' | '1.1'>,
    hints: fc.oneof(
      { weight: 9, arbitrary: fc.constant<readonly Field[][]>([]) },
      fc.array(fc.array(pairs(foreignName), { minLength: 1, maxLength: 2 }), {
        minLength: 1,
        maxLength: 2,
      }),
    ),
    fields: fc.array(responseField, { maxLength: 8 }).map(single),
    body: bodyOf(fc.constantFrom<Framing>('length', 'length', 'chunked', 'chunked', 'close')),
    closes: fc.integer({ min: 0, max: 5 }).map((die) => die === 0),
    breaksAt: fc.oneof(
      { weight: 19, arbitrary: fc.constant(undefined) },
      fc.double({ min: 0, max: 1, noNaN: true }),
    ),
  })
  .map((given) => {
    const isOld = given.version === '1.0';
    const body =
      isOld && given.body.framing === 'chunked'
        ? { ...given.body, framing: 'close' as const, trailers: [] }
        : given.body;
    // HAProxy 2.6 hangs on an answer that breaks off after a hint.
    return { ...given, body, hints: isOld || given.breaksAt !== undefined ? [] : given.hints };
  });

const exchange: fc.Arbitrary<Case> = fc.record({ request, response }).map((given) => {
  // Only chunks could tell a client of HTTP/1.0 that an answer broke off, and it knows none.
  const isUntold = given.request.version === '1.0' && given.response.body.framing === 'chunked';
  return isUntold ? { ...given, response: { ...given.response, breaksAt: undefined } } : given;
});

/** What happens on one connection. */
export const exchanges: fc.Arbitrary<readonly Case[]> = fc.array(exchange, {
  minLength: 1,
  maxLength: 8,
});
