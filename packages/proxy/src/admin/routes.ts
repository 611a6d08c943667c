/** Every route of the admin server, in one table: what it does, who may ask, and what OpenAPI says of it. */
import { DISTINCT_ERROR, type Finding, formatFinding, newErrorsIn } from '@tinct/core';
import { LOG_LEVELS } from '../config/schema/operation.ts';
import { type ExplainRequest, explainRequest } from './explain.ts';
import { Problem } from './problem.ts';
import type { AdminView } from './view.ts';

export interface AdminRequest {
  readonly params: Readonly<Record<string, string>>;
  readonly body: unknown;
  /** What the asker can read; absent: anything. */
  readonly accept: string | undefined;
}

export interface AdminAnswer {
  readonly status: number;
  /** Default: JSON. */
  readonly type?: string;
  readonly body: unknown;
}

export interface AdminRoute {
  readonly method: 'GET' | 'POST' | 'PUT';
  /** With `:name` for a part. */
  readonly url: string;
  readonly summary: string;
  /** Needs the token: it changes something, or shows what not everyone should see. */
  readonly isProtected: boolean;
  readonly statuses: Readonly<Record<number, string>>;
  /** Of the body, as JSON Schema. */
  readonly body?: Readonly<Record<string, unknown>>;
  handle(request: AdminRequest, view: AdminView): Promise<AdminAnswer> | AdminAnswer;
}

const ok = (body: unknown): AdminAnswer => ({ status: 200, body });

const explainBody = {
  type: 'object',
  additionalProperties: false,
  required: ['host'],
  properties: {
    host: { type: 'string', maxLength: 253 },
    path: { type: 'string', maxLength: 8192 },
    headers: {
      type: 'array',
      maxItems: 200,
      items: {
        type: 'array',
        minItems: 2,
        maxItems: 2,
        items: { type: 'string', maxLength: 8192 },
      },
    },
    trusted: { type: 'boolean' },
    units: { type: 'object', additionalProperties: { type: 'string', maxLength: 1024 } },
  },
};

const levelBody = {
  type: 'object',
  additionalProperties: false,
  required: ['level'],
  properties: { level: { enum: LOG_LEVELS } },
};

/** The codes say why; the messages, which quote the plan, are for those with the token. */
const codesOf = (findings: readonly Finding[] | undefined): string[] => [
  ...new Set((findings ?? []).map(({ code }) => code)),
];

function readiness({ plan, isReady }: AdminView): AdminAnswer {
  const { inForce, refused } = plan.status();
  const ready = isReady();
  const body = {
    ready,
    why: ready ? [] : ['draining'],
    // Without a plan everyone gets stable: that is no reason to take all requests away.
    plan: inForce === undefined ? null : { revision: inForce.compiled.revision },
    refused: codesOf(refused?.findings),
  };
  return { status: ready ? 200 : 503, body };
}

function planStatus({ plan }: AdminView): AdminAnswer {
  const { source, inForce, refused, killed } = plan.status();
  const told = (findings: readonly Finding[]) => findings.map(formatFinding);
  return ok({
    source,
    inForce: inForce && {
      revision: inForce.compiled.revision,
      since: new Date(inForce.since).toISOString(),
      findings: told(inForce.findings),
      releases: inForce.compiled.releases.map(({ name, release, aborted }) => {
        return { name, state: release.state, epoch: release.epoch, aborted };
      }),
      plan: inForce.compiled.plan,
    },
    refused: refused && {
      since: new Date(refused.since).toISOString(),
      findings: told(refused.findings),
    },
    killed: Object.fromEntries(killed),
  });
}

/** Bytes in base64: a bit pattern of users, and no user's id. */
function sketchesOf({ params }: AdminRequest, { measured }: AdminView): AdminAnswer {
  const { release = '' } = params;
  const reader = measured().releases.find(({ shape }) => shape.name === release);
  if (reader === undefined) throw new Problem('TINCT_PLAN_RELEASE_UNKNOWN');
  const sketches = reader.sketches().map(({ registers, ...rest }) => {
    return { ...rest, registers: Buffer.from(registers).toString('base64') };
  });
  return ok({ release, error: DISTINCT_ERROR, sketches });
}

/** As `errors.report` of @tinct/sdk, of what the edge sees. */
function errorsOf({ params }: AdminRequest, { plan, errors }: AdminView): AdminAnswer {
  const name = params['release'] ?? '';
  const stable = plan.current()?.releases.find((one) => one.name === name)?.release.stable;
  if (stable === undefined || errors === undefined) throw new Problem('TINCT_PLAN_RELEASE_UNKNOWN');
  const report = errors().get(name) ?? { requests: {}, errors: [], dropped: 0 };
  return ok({ release: name, stable, ...report, newErrors: newErrorsIn(report, stable) });
}

async function abort({ params }: AdminRequest, view: AdminView): Promise<AdminAnswer> {
  const killed = await view.plan.kill(params['release'] ?? '');
  if (killed === undefined) throw new Problem('TINCT_PLAN_RELEASE_UNKNOWN');
  view.onAborted(killed.release, killed.epoch);
  try {
    return ok({ ...killed, inForce: true, kept: await view.keepKilled() });
  } catch (error) {
    const why = (error as NodeJS.ErrnoException).code ?? 'unknown';
    throw new Problem(
      'TINCT_STATE_UNWRITABLE',
      `The abort is in force, and will not outlive a restart: ${why}.`,
    );
  }
}

export const ROUTES: readonly AdminRoute[] = [
  {
    method: 'GET',
    url: '/healthz',
    summary: 'Whether the process answers.',
    isProtected: false,
    statuses: { 200: 'It does.' },
    handle: () => ok({ status: 'ok' }),
  },
  {
    method: 'GET',
    url: '/readyz',
    summary: 'Whether the edge wants requests, and what there is to say of its plan.',
    isProtected: false,
    statuses: { 200: 'It does.', 503: 'It drains.' },
    handle: (_, view) => readiness(view),
  },
  {
    method: 'GET',
    url: '/metrics',
    summary: 'Counters for Prometheus.',
    isProtected: false,
    statuses: { 200: 'The text format 0.0.4, or OpenMetrics 1.0 where that is asked for.' },
    handle: async ({ accept }, { metrics }) => ({ status: 200, ...(await metrics.scrape(accept)) }),
  },
  {
    method: 'GET',
    url: '/plan',
    summary: 'The plan in force, what was refused last, and which epochs were aborted here.',
    isProtected: true,
    statuses: { 200: 'The plan and its state.' },
    handle: (_, view) => planStatus(view),
  },
  {
    method: 'GET',
    url: '/sketches/:release',
    summary:
      'HyperLogLog sketches of the units that a release has had, to be merged with other edges’: their gauges cannot be summed.',
    isProtected: true,
    statuses: {
      200: 'Of each `kind` and `name` the registers, one byte each, in base64; `of` names the analysis or step.',
      404: 'No such release is counted.',
    },
    handle: sketchesOf,
  },
  {
    method: 'POST',
    url: '/explain',
    summary: 'What a request would get, and why.',
    isProtected: true,
    statuses: { 200: 'One explanation for each release that applies.' },
    body: explainBody,
    handle: ({ body }, { plan, now }) =>
      ok(explainRequest(plan.current(), body as ExplainRequest, now())),
  },
  {
    method: 'GET',
    url: '/errors/:release',
    summary: 'Kinds of error of the last hour, by version, and which of them stable has not had.',
    isProtected: true,
    statuses: { 200: 'What there was.', 404: 'The plan in force has no such release.' },
    handle: errorsOf,
  },
  {
    method: 'GET',
    url: '/loglevel',
    summary: 'The least that is logged.',
    isProtected: true,
    statuses: { 200: 'The level.' },
    handle: (_, { logLevel }) => ok({ level: logLevel.get() }),
  },
  {
    method: 'PUT',
    url: '/loglevel',
    summary: `Sets the least that is logged, until the process ends: ${LOG_LEVELS.join(', ')}.`,
    isProtected: true,
    statuses: { 200: 'The level.' },
    body: levelBody,
    handle({ body }, { logLevel }) {
      logLevel.set((body as { level: string }).level);
      return ok({ level: logLevel.get() });
    },
  },
  {
    method: 'POST',
    url: '/abort/:release',
    summary:
      'Takes a release back: everyone gets stable at the next request, and no plan of this epoch brings it back.',
    isProtected: true,
    statuses: {
      200: 'In force. `kept`: whether it outlives a restart.',
      404: 'The plan in force has no such release.',
      500: 'In force, and not kept over a restart.',
    },
    handle: abort,
  },
];
