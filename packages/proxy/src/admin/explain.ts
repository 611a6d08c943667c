/** What a request would get, and why, by the plan in force. */
import { applicable, type CompiledPlan, explain } from '@tinct/core';
import { attributeReader, identityReader, rawHeaderValues } from '@tinct/sdk';
import { Problem } from './problem.ts';

export interface ExplainRequest {
  readonly host: string;
  readonly path?: string;
  /** Name and value of each. */
  readonly headers?: readonly (readonly [string, string])[];
  /** Whether the request comes from a trusted hop. */
  readonly trusted?: boolean;
  /** Unit type → targeting key, instead of what headers say. */
  readonly units?: Readonly<Record<string, string>>;
}

/** Servers hand header bytes over as Latin-1, so that is how the readers want them. */
const asSent = (text: string): string => Buffer.from(text, 'utf8').toString('latin1');

export function explainRequest(
  compiled: CompiledPlan | undefined,
  { host, path = '/', headers = [], trusted = false, units = {} }: ExplainRequest,
  now: number,
): Record<string, unknown> {
  if (!path.startsWith('/'))
    throw new Problem('TINCT_ADMIN_REQUEST_MALFORMED', '`path` begins with a slash.');
  if (compiled === undefined) return { revision: null, releases: [] };
  const { plan, revision } = compiled;
  const values = rawHeaderValues(headers.flatMap(([name, value]) => [name, asSent(value)]));
  const context = {
    units: { ...identityReader(plan.identity)(values, trusted), ...units },
    attributes: attributeReader(plan.attributes)(values, trusted),
    now,
  };
  const [bare = '/'] = path.split('?');
  const releases = applicable(compiled, host, bare).map((release) => explain(release, context));
  return { revision, releases };
}
