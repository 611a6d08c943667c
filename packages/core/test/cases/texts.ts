/** Operators on texts, and those that take any type. */
import type { CaseGroup } from './build.ts';
import { type Asked, MISSING, operatorCases } from './operators.ts';

const MAX_TEXT = 'x'.repeat(1024);

const TEXT: Readonly<Record<string, Asked>> = {
  'equals-text': {
    when: { equals: 'pro' },
    values: [
      ['true', 'pro'],
      ['false', 'Pro', 'pro ', ''],
      ['unknown', MISSING, 5, true, ['pro']],
    ],
  },
  'equals-accent': {
    when: { equals: 'zoë' },
    values: [
      ['true', 'zoë'],
      ['false', 'zoe\u0308'],
    ],
  },
  'equals-empty': {
    when: { equals: '' },
    values: [
      ['true', ''],
      ['false', 'a'],
      ['unknown', MISSING],
    ],
  },
  'equals-number': {
    when: { equals: 5 },
    values: [
      ['true', 5],
      ['false', 6, 5.5],
      ['unknown', MISSING, '5', true],
    ],
  },
  'equals-flag': {
    when: { equals: true },
    values: [
      ['true', true],
      ['false', false],
      ['unknown', MISSING, 'true', 1],
    ],
  },
  'in-mixed': {
    when: { in: ['pro', 5] },
    values: [
      ['true', 'pro', 5],
      ['false', 'free', '5', 6],
      ['unknown', MISSING, true, ['pro']],
    ],
  },
  'in-flags': {
    when: { in: [false] },
    values: [
      ['true', false],
      ['false', true],
      ['unknown', 'false'],
    ],
  },
  'starts-with': {
    when: { startsWith: 'ad' },
    values: [
      ['true', 'admin', 'ad'],
      ['false', 'a', 'Admin', 'bad', ''],
      ['unknown', MISSING, 5, ['admin']],
    ],
  },
  'starts-with-empty': {
    when: { startsWith: '' },
    values: [
      ['true', '', 'x'],
      ['unknown', MISSING],
    ],
  },
  'starts-with-face': {
    when: { startsWith: '\u{1f600}' },
    values: [
      ['true', '\u{1f600}!'],
      ['false', '\u{1f601}!'],
    ],
  },
  'ends-with': {
    when: { endsWith: '@example.com' },
    values: [
      ['true', 'ann@example.com', '@example.com'],
      ['false', 'ann@example.com.evil', 'ann@EXAMPLE.com', ''],
      ['unknown', MISSING, true, ['@example.com']],
    ],
  },
  'ends-with-empty': {
    when: { endsWith: '' },
    values: [
      ['true', '', 'x'],
      ['unknown', 0],
    ],
  },
  contains: {
    when: { contains: 'beta' },
    values: [
      ['true', 'a beta b', ['alpha', 'beta']],
      ['false', 'BETA', '', ['betas'], []],
      ['unknown', MISSING, 5, false],
    ],
  },
  'contains-empty': {
    when: { contains: '' },
    values: [
      ['true', 'x', ['']],
      ['false', [], ['x']],
    ],
  },
  matches: {
    when: { matches: 'v\\d+' },
    values: [
      ['true', 'v12'],
      ['false', 'v', 'xv12', 'v12x', 'V12', 'v12\n'],
      ['unknown', MISSING, 12, ['v12']],
    ],
  },
  'matches-one-of': {
    when: { matches: 'a|bc' },
    values: [
      ['true', 'a', 'bc'],
      ['false', 'abc', 'ab'],
    ],
  },
  'matches-any': {
    when: { matches: '(?s).*' },
    values: [
      ['true', '', 'a\nb', MAX_TEXT],
      ['unknown', `${MAX_TEXT}x`],
    ],
  },
  'matches-line': {
    when: { matches: '.*' },
    values: [
      ['true', 'ab'],
      ['false', 'a\nb'],
    ],
  },
  'matches-point': {
    when: { matches: '.' },
    values: [
      ['true', '\u{1f600}', 'ë'],
      ['false', 'e\u0308'],
    ],
  },
  'matches-capitals': {
    when: { matches: '(?i)admin' },
    values: [
      ['true', 'ADMIN', 'admin'],
      ['false', 'root'],
    ],
  },
  exists: {
    when: { exists: true },
    values: [
      ['true', 'x', '', 0, false, []],
      ['false', MISSING],
    ],
  },
  'exists-not': {
    when: { exists: false },
    values: [
      ['true', MISSING],
      ['false', '', 0],
    ],
  },
  'exists-and': {
    when: { exists: true, startsWith: 'a' },
    values: [
      ['true', 'ab'],
      ['false', MISSING, 'b'],
      ['unknown', 5],
    ],
  },
  'everyones-own': { when: { attribute: 'constructor', exists: true }, values: [['false', 'x']] },
};

export const texts: CaseGroup = operatorCases('texts', TEXT);
