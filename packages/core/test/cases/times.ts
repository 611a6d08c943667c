/** Operators on points in time and on addresses. */
import type { CaseGroup } from './build.ts';
import { type Asked, MISSING, operatorCases } from './operators.ts';

const TIMES_AND_ADDRESSES: Readonly<Record<string, Asked>> = {
  before: {
    when: { before: '2026-01-01T00:00:00Z' },
    values: [
      ['true', '2025-12-31T23:59:59.999Z', '2026-01-01T00:59:59+01:00', '2024-02-29T00:00:00Z'],
      ['false', '2026-01-01T00:00:00Z', '2026-01-01T01:00:00+01:00', '2025-12-31T23:30:00-00:30'],
      [
        'unknown',
        MISSING,
        '2025-02-29T00:00:00Z',
        '2025-12-31',
        '2025-12-31T23:59:60Z',
        '2025-12-31T24:00:00Z',
      ],
      [
        'unknown',
        '2025-12-31t23:59:59z',
        '2025-12-31 23:59:59Z',
        '2025-12-31T23:59Z',
        '2025-13-01T00:00:00Z',
        0,
      ],
    ],
  },
  after: {
    when: { after: '2026-01-01T00:00:00Z' },
    values: [
      ['true', '2026-01-01T00:00:00.001Z', '2025-12-31T23:30:01-00:30'],
      ['false', '2026-01-01T00:00:00Z', '2026-01-01T00:00:00.000999Z', '2025-12-31T23:59:59Z'],
      [
        'unknown',
        MISSING,
        'tomorrow',
        '2026-01-02T00:00:00',
        '2026-01-02T00:00:00.1234567890Z',
        true,
      ],
    ],
  },
  'time-between': {
    when: { after: '2026-01-01T00:00:00Z', before: '2026-02-01T00:00:00Z' },
    values: [
      ['true', '2026-01-31T23:59:59Z'],
      ['false', '2026-02-01T00:00:00Z'],
    ],
  },
  'in-cidr': {
    when: { inCidr: ['10.0.0.0/8', '2001:db8::/32'] },
    values: [
      [
        'true',
        '10.0.0.0',
        '10.255.255.255',
        '2001:db8:ffff::1',
        '2001:DB8::',
        '::ffff:10.0.0.1',
        '::ffff:a00:1',
      ],
      ['false', '9.255.255.255', '11.0.0.0', '2001:db9::', '::10.0.0.1', '::a00:1'],
      [
        'unknown',
        MISSING,
        '010.0.0.1',
        '::ffff:010.0.0.1',
        '::ffff:0x0a.0.0.1',
        '10.0.0',
        '10.0.0.1 ',
        '10.0.0.1:80',
      ],
      [
        'unknown',
        '[2001:db8::1]',
        '2001:db8::1%eth0',
        '1::2::3',
        'localhost',
        '',
        167772161,
        ['10.0.0.1'],
      ],
    ],
  },
  'cidr-every-4': {
    when: { inCidr: ['0.0.0.0/0'] },
    values: [
      ['true', '1.2.3.4', '::ffff:1.2.3.4'],
      ['false', '::1'],
    ],
  },
  'cidr-every-6': {
    when: { inCidr: ['::/0'] },
    values: [
      ['true', '::1'],
      ['false', '1.2.3.4', '::ffff:1.2.3.4'],
    ],
  },
  'cidr-one': {
    when: { inCidr: ['10.1.2.3/32'] },
    values: [
      ['true', '10.1.2.3'],
      ['false', '10.1.2.2'],
    ],
  },
  'cidr-odd': {
    when: { inCidr: ['10.1.2.3/31'] },
    values: [
      ['true', '10.1.2.2'],
      ['false', '10.1.2.4'],
    ],
  },
  'cidr-mapped': {
    when: { inCidr: ['::ffff:10.0.0.0/104'] },
    values: [
      ['true', '10.1.1.1', '::ffff:10.1.1.1'],
      ['false', '11.0.0.0'],
    ],
  },
};

export const times: CaseGroup = operatorCases('times-and-addresses', TIMES_AND_ADDRESSES);
