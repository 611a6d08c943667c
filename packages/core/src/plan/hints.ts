/** How to mend what the shape's validator objects to. */
import type { z } from 'zod';
import type { ErrorCode } from '../errors.ts';
import { isRecord } from '../record.ts';
import { mendedHost, mendedLabel, mendedNumber, mendedPath, mendedVersion } from './mended.ts';
import { suggestion } from './suggest.ts';

/** One objection of the shape's validator. */
export type Issue = z.core.$ZodIssue;

/** A hint for this value; the table's advice where there is none. */
export function hintFor(code: ErrorCode, issue: Issue, value: unknown): string | undefined {
  switch (code) {
    case 'TINCT_PLAN_NAME_MALFORMED':
      return mendedLabel(String(value));
    case 'TINCT_PLAN_HOST_MALFORMED':
      return mendedHost(String(value));
    case 'TINCT_PLAN_PATH_MALFORMED':
      return mendedPath(String(value));
    case 'TINCT_PLAN_SEMVER':
      return mendedVersion(String(value));
    case 'TINCT_PLAN_COUNTER_MALFORMED':
      return mendedNumber(value);
    case 'TINCT_PLAN_TYPE':
      return typeHint(issue, value);
    case 'TINCT_PLAN_VALUE':
      return valueHint(issue, value);
    default:
      return undefined;
  }
}

/** How to write each type. */
const WRITTEN: Readonly<Record<string, string>> = {
  object: 'write `{ key: value, … }`, or each key on a line below',
  record: 'write `{ key: value, … }`, or each key on a line below',
  array: 'write `[…, …]`, or each member behind a dash on a line below',
  tuple: 'write `[[0, 5000]]`: a list of pairs',
  boolean: 'write `true` or `false`, without quotes',
  number: 'write a number, without quotes',
};

function typeHint(issue: Issue, value: unknown): string | undefined {
  const key = issue.path.at(-1);
  if (key === undefined) return 'a plan begins with `apiVersion: tinct.dev/v1`';
  if (key === 'issued') return 'write `issued: {}`';
  if (issue.code !== 'invalid_type') return 'write a text, a number, `true` or `false`';
  if (issue.expected === 'number') return mendedNumber(value) ?? WRITTEN['number'];
  if (issue.expected === 'array' && value !== null && !isRecord(value))
    return `write a list: ["${String(value)}"]`;
  return WRITTEN[issue.expected];
}

function valueHint(issue: Issue, value: unknown): string | undefined {
  const key = issue.path.at(-1);
  if (issue.code === 'invalid_value') {
    const allowed = issue.values.map(String);
    return suggestion(String(value), allowed) ?? `write ${allowed.join(' or ')}`;
  }
  if (key === 'ratio' || key === 'availability') return 'all is 1: write 0.999 for 99.9 %';
  if (key === 'port' || key === 'targetPort') return 'write a port: 1 to 65535';
  if (key === 'namespace') return 'write the name of a Kubernetes namespace: `shop`';
  if (issue.path.includes('gateways')) return 'write `namespace/name`: `istio-system/edge`';
  if (key === 'jwks') return 'write it as `https://id.example/jwks.json`';
  if (issue.path.includes('ranges')) return 'write `[from, to]`, two buckets from 0 to 100000';
  if (issue.code === 'too_small' && issue.minimum === 1) return 'add one, or remove the key';
  return issue.code === 'too_big' ? 'make it shorter' : 'write a larger number';
}
