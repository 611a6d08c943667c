import { normaliseMessage, topFrame } from '@tinct/core';
import t from 'tap';

const MESSAGES: readonly (readonly [string, string])[] = [
  ['connect ECONNREFUSED 10.42.0.17:5432', 'connect ECONNREFUSED <address>'],
  ['connect ETIMEDOUT 2001:db8::7:443', 'connect ETIMEDOUT <address>'],
  ['connect ECONNREFUSED ::1:5432', 'connect ECONNREFUSED <address>'],
  [
    'listen EADDRINUSE: address already in use :::8080',
    'listen EADDRINUSE: address already in use <address>',
  ],
  ['getaddrinfo ENOTFOUND reviews.shop.svc', 'getaddrinfo ENOTFOUND reviews.shop.svc'],
  [
    "Cannot read properties of undefined (reading 'price')",
    'Cannot read properties of undefined (reading <text>)',
  ],
  ['order 7c9e6679-7425-40de-944b-e07fc1f90ae7 not found', 'order <id> not found'],
  ['document 507f1f77bcf86cd799439011 is gone', 'document <id> is gone'],
  ['user 4711 has 3 open orders', 'user <number> has <number> open orders'],
  ['took 1532.7 ms, limit is 1,000 ms', 'took <number> ms, limit is <number> ms'],
  ['no customer ada.lovelace+shop@example.com', 'no customer <email>'],
  [
    'duplicate key value violates unique constraint "orders_pkey"',
    'duplicate key value violates unique constraint <text>',
  ],
  ['token expired at 2026-11-23T12:50:50.123Z', 'token expired at <time>'],
  ['invalid date 2026-02-30', 'invalid date <time>'],
  [
    'GET https://pay.example/v2/charges/ch_1?key=a failed with 502',
    'GET <url> failed with <number>',
  ],
  ['segfault at 0x7fff5fbff8c0', 'segfault at <number>'],
  ['session a8Fk29dLq0ZxW3mN7 unknown', 'session <id> unknown'],
  ['Unexpected token < in JSON at position 17', 'Unexpected token < in JSON at position <number>'],
  ['first\n    at pay (/app/pay.js:1:2)', 'first'],
  ["can't pay: the user's card isn't valid", "can't pay: the user's card isn't valid"],
  ['worker-3 died', 'worker<number> died'],
  ['  much   space\t here ', 'much space here'],
  ['', ''],
];

t.test('what differs each time is taken out of a message', async (t) => {
  for (const [message, expected] of MESSAGES) t.equal(normaliseMessage(message), expected);
});

t.test('the same fault with other values is the same', async (t) => {
  const faults = [
    (n: number) =>
      `insert into "order_${n}" failed for user ${n * 7919} at 10.0.0.${n % 250}:${n + 1024}`,
    (n: number) =>
      `lock ${n.toString(16).padStart(24, 'c0ffee')} held since 2026-01-${10 + (n % 20)}T00:00:00Z`,
  ];
  for (const fault of faults)
    t.equal(new Set(Array.from({ length: 200 }, (_, n) => normaliseMessage(fault(n)))).size, 1);
});

t.test('attack: no message takes long, and none becomes long', async (t) => {
  const hostile = [
    '"',
    "'",
    '1',
    'a1',
    '::',
    'a@',
    '1.',
    '-',
    '0x',
    'a:',
    'http://',
    '[',
    '\u2028',
    ' ',
  ];
  for (const piece of hostile) {
    const start = process.cpuUsage();
    const found = normaliseMessage(piece.repeat(100_000));
    const { user, system } = process.cpuUsage(start);
    t.ok(found.length <= 200, piece);
    t.ok(user + system < 1e6, `${piece}: ${user + system} µs`);
  }
});

t.test('the top frame is the service’s own', async (t) => {
  const stack = `TypeError: x
    at JSON.parse (<anonymous>)
    at parse (/app/node_modules/body-parser/lib/types/json.js:92:19)
    at process.processTicksAndRejections (node:internal/process/task_queues:104:5)
    at async Basket.total (file:///app/dist/basket.js:17:9)
    at async handler (/app/dist/routes.js:3:1)`;
  t.equal(topFrame(stack), 'Basket.total basket.js');
  t.equal(topFrame('Error: x\n    at /app/src/pay.ts:10:5'), '<anonymous> pay.ts');
  t.equal(topFrame('Error: x\n    at C:\\app\\src\\pay.ts:10:5'), '<anonymous> pay.ts');
  t.equal(topFrame('Error: x\n    at new Order (C:\\app\\order.ts:1:1)'), 'new Order order.ts');
  t.equal(topFrame('Error: x\n    at emit (node:events:514:20)'), undefined);
  t.equal(topFrame('no stack'), undefined);
  const start = process.cpuUsage();
  topFrame(`Error\n${`    at ${'a ('.repeat(50_000)}\n`.repeat(40)}`);
  t.ok(process.cpuUsage(start).user < 1e6, 'attack: a long stack');
});
