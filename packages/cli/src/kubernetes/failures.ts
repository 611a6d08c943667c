/** What an API server refused, as mistakes that say how to mend them. */
import { type ErrorCode, isRecord, TinctError } from '@tinct/core';

export interface Answer {
  readonly status: number;
  readonly body: unknown;
}

/** What was asked: `patch virtualservices shop/web`. */
export interface Asked {
  readonly verb: string;
  readonly resource: string;
  readonly group: string;
  readonly namespace: string;
  readonly name: string | undefined;
}

const placeOf = ({ resource, namespace, name }: Asked): string =>
  `${resource} ${namespace}/${name ?? '*'}`;

/** The mistake behind an answer that is no success. */
export function refusal({ status, body }: Answer, asked: Asked): TinctError {
  const said = isRecord(body) && typeof body['message'] === 'string' ? body['message'] : '';
  const fail = (code: ErrorCode, message: string, hint?: string) =>
    new TinctError(code, message, hint === undefined ? {} : { hint });
  const place = placeOf(asked);
  if (status === 401)
    return fail('TINCT_KUBE_UNAUTHORIZED', 'the API server does not know who asks');
  if (status === 403) return forbidden(said, asked);
  if (status === 404) return missing(body, asked);
  if (status === 409 && causesOf(body).length > 0) return conflict(body, place);
  // The server answers 422 to a JSON Patch whose test fails, and names no cause.
  if (status === 409 || (status === 422 && /test(ing)? .*failed/.test(said)))
    return fail('TINCT_KUBE_CHANGED', `${place} was changed meanwhile`);
  if (status === 429 || status >= 500)
    return fail('TINCT_KUBE_UNREACHABLE', `the API server answered ${status}: ${said}`);
  return fail('TINCT_KUBE_REFUSED', `${place}: ${said || `the API server answered ${status}`}`);
}

function forbidden(said: string, { verb, resource, group, namespace }: Asked): TinctError {
  const rule = `{ apiGroups: ["${group}"], resources: [${resource}], verbs: [${verb}] }`;
  const who = /User "([^"]+)"/.exec(said)?.[1];
  return new TinctError(
    'TINCT_KUBE_FORBIDDEN',
    `${who === undefined ? 'you' : `\`${who}\``} may not ${verb} ${resource} in the namespace \`${namespace}\``,
    {
      hint: `a Role of that namespace needs the rule ${rule}; docs/istio-apply.md has all of them`,
    },
  );
}

function missing(body: unknown, asked: Asked): TinctError {
  // A kind that is not there has no details of an object.
  const isKnown = isRecord(body) && body['kind'] === 'Status' && isRecord(body['details']);
  if (!isKnown)
    return new TinctError(
      'TINCT_KUBE_KIND_MISSING',
      `the API server knows no ${asked.resource}.${asked.group}`,
    );
  const of = body['details'] as Readonly<Record<string, unknown>>;
  if (of['kind'] === 'namespaces')
    return new TinctError('TINCT_KUBE_REFUSED', `there is no namespace \`${asked.namespace}\``, {
      hint: 'make the namespace, or mend the hosts and `istio.namespace` of the plan',
    });
  return new TinctError('TINCT_KUBE_CHANGED', `${placeOf(asked)} is gone`);
}

interface Cause {
  readonly reason?: unknown;
  readonly message?: unknown;
  readonly field?: unknown;
}

function causesOf(body: unknown): readonly Cause[] {
  const details = isRecord(body) ? body['details'] : undefined;
  const causes = isRecord(details) ? details['causes'] : undefined;
  const all = Array.isArray(causes) ? causes.filter(isRecord) : [];
  return all.filter(({ reason }) => reason === 'FieldManagerConflict');
}

function conflict(body: unknown, place: string): TinctError {
  const owners = causesOf(body).map(({ message, field }) => {
    const manager = /conflict with "([^"]+)"/.exec(String(message))?.[1] ?? String(message);
    return { manager, field: String(field) };
  });
  const list = owners.map(({ manager, field }) => `\`${field}\` belongs to \`${manager}\``);
  const first = owners[0]?.manager ?? 'its owner';
  return new TinctError('TINCT_KUBE_CONFLICT', `${place}: ${list.join(', ')}`, {
    hint: `undo in \`${first}\` what was changed there, or delete the object and apply again: Tinct takes no field from its owner`,
  });
}
