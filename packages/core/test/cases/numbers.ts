/** Operators on numbers and versions. */
import type { CaseGroup } from './build.ts';
import { type Asked, MISSING, operatorCases } from './operators.ts';

const LONG_VERSION = `1.0.0-${'a'.repeat(250)}`;

const NUMBERS: Readonly<Record<string, Asked>> = {
  gt: {
    when: { gt: 5 },
    values: [
      ['true', 6, 5.001],
      ['false', 5, -6],
      ['unknown', MISSING, '6', true, ['6']],
    ],
  },
  'gt-large': {
    when: { gt: 9007199254740990 },
    values: [
      ['true', 9007199254740991],
      ['false', 9007199254740990],
    ],
  },
  gte: {
    when: { gte: 5 },
    values: [
      ['true', 5],
      ['false', 4.999],
      ['unknown', MISSING, '5'],
    ],
  },
  lt: {
    when: { lt: 0 },
    values: [
      ['true', -0.001],
      ['false', 0],
      ['unknown', MISSING, '-1'],
    ],
  },
  lte: {
    when: { lte: 5 },
    values: [
      ['true', 5],
      ['false', 5.001],
      ['unknown', MISSING, '5'],
    ],
  },
  between: {
    when: { gte: 18, lt: 65 },
    values: [
      ['true', 18, 64.9],
      ['false', 65, 17],
      ['unknown', '18'],
    ],
  },
  'semver-eq': {
    when: { semver: { eq: '1.2.3' } },
    values: [
      ['true', '1.2.3', '1.2.3+build.7'],
      ['false', '1.2.4', '1.2.3-rc.1'],
      ['unknown', MISSING, 'v1.2.3', '1.2', '01.2.3', ' 1.2.3', '1.2.3-01', '', 1.2],
    ],
  },
  'semver-gt': {
    when: { semver: { gt: '1.9.0' } },
    values: [
      ['true', '1.10.0', '1.9.1-alpha', '9007199254740991.0.0'],
      ['false', '1.9.0', '1.9.0+x', '1.9.0-rc.1'],
      ['unknown', '9007199254740992.0.0', '2.0.0-9007199254740992', `${LONG_VERSION}a`],
    ],
  },
  'semver-gte': {
    when: { semver: { gte: '2.0.0' } },
    values: [
      ['true', '2.0.0'],
      ['false', '2.0.0-rc.1'],
    ],
  },
  'semver-lt': {
    when: { semver: { lt: '2.0.0' } },
    values: [
      ['true', '2.0.0-0', LONG_VERSION],
      ['false', '2.0.0'],
    ],
  },
  'semver-lte': {
    when: { semver: { lte: '1.0.0-beta.11' } },
    values: [
      ['true', '1.0.0-beta.11', '1.0.0-beta.2', '1.0.0-beta', '1.0.0-alpha.beta', '1.0.0-99'],
      ['false', '1.0.0-beta.11.0', '1.0.0-rc.1', '1.0.0-beta.x', '1.0.0'],
    ],
  },
  'semver-between': {
    when: { semver: { gte: '2.4.0', lt: '3.0.0' } },
    values: [
      ['true', '2.4.0', '3.0.0-rc.1'],
      ['false', '3.0.0', '2.4.0-rc.1'],
    ],
  },
};

export const numbers: CaseGroup = operatorCases('numbers', NUMBERS);
