/**
 * The plan's shape: the one source of its TypeScript types, its JSON Schema and its reference page.
 *
 * What a shape cannot say (references, reserved names, ranges that add up) is checked in `check/`.
 * A message that is an error code becomes that finding's code.
 */
import { z } from 'zod';
import {
  DURATION,
  HOST,
  LABEL,
  NAMESPACE,
  OBJECT_NAME,
  PATH,
  SERVICE_HOST,
  TIMESTAMP,
  TOKEN,
} from './patterns.ts';

const label = (what: string) =>
  z.string().regex(LABEL, { error: 'TINCT_PLAN_NAME_MALFORMED' }).describe(what);
const token = (what: string) =>
  z.string().regex(TOKEN, { error: 'TINCT_PLAN_HEADER_MALFORMED' }).describe(what);
const counter = (what: string) =>
  z
    .int({ error: 'TINCT_PLAN_COUNTER_MALFORMED' })
    .positive({ error: 'TINCT_PLAN_COUNTER_MALFORMED' })
    .describe(what);
const duration = (what: string) =>
  z.string().regex(DURATION, { error: 'TINCT_PLAN_DURATION_MALFORMED' }).describe(what);
const timestamp = (what: string) =>
  z.string().regex(TIMESTAMP, { error: 'TINCT_PLAN_TIME_MALFORMED' }).describe(what);
/** A selector of a counter: no function, no range, no arithmetic; with nothing to backtrack over. */
export const COUNTER =
  /^[a-zA-Z_:][a-zA-Z0-9_:]*(_total|_count|_bucket)(\{("([^"\\\n]|\\.)*"|[^"{}\n])*\})?$/;
const counterSelector = (what: string) =>
  z.string().max(2000).regex(COUNTER, { error: 'TINCT_PLAN_METRIC_SELECTOR' }).describe(what);
const share = (what: string) => z.number().gt(0).lt(1).describe(what);
const percent = (what: string) =>
  z
    .number()
    .min(0, { error: 'TINCT_PLAN_PERCENT_RANGE' })
    .max(100, { error: 'TINCT_PLAN_PERCENT_RANGE' })
    .describe(what);
const port = (what: string) => z.int().min(1).max(65_535).describe(what);
const id = z.string().min(1, { error: 'TINCT_PLAN_ID_EMPTY' });
const ids = (what: string) => z.array(id).describe(what);

/** Adds what zod's JSON Schema loses: exactly one of these keys is present. */
const oneOf = (keys: readonly string[], more: Record<string, unknown> = {}) => ({
  oneOf: keys.map((key) => ({ required: [key] })),
  ...more,
});

const trust = z.enum(['hops', 'anyone']);

export const metadataSchema = z
  .strictObject({
    name: label('What this plan is called in logs and metrics.'),
    revision: counter('Grows with every change. A higher revision wins; a lower one is refused.'),
    owner: z.string().min(1).optional().describe('Who answers for it: a label on alerts.'),
  })
  .describe('Name, revision and owner.');

const jwtSchema = z
  .strictObject({
    header: token('The header that holds the token.').optional(),
    cookie: token('The cookie that holds the token, instead of a header.').optional(),
    claim: z.string().min(1).describe('The claim whose value is the targeting key.'),
    issuer: z.string().min(1).describe('The `iss` that the token must carry.'),
    audience: z.string().min(1).optional().describe('The `aud` that the token must carry.'),
    jwks: z.url({ protocol: /^https?$/ }).describe('Where the issuer publishes its keys.'),
  })
  .describe('A signed token: believed because of its signature.');

/** The keys of which an identity source has exactly one. */
export const IDENTITY_KINDS = ['jwt', 'header', 'cookie', 'issued'] as const;
export const identitySchema = z
  .strictObject({
    unit: label('The unit type that this source yields: user, anonymous, tenant …'),
    jwt: jwtSchema.optional(),
    header: token('A request header with the targeting key.').optional(),
    cookie: token('A cookie with the targeting key; needs `trust`.').optional(),
    issued: z.strictObject({}).optional().describe('An id that Tinct issues and signs.'),
    trust: trust
      .optional()
      .describe(
        'Who is believed: `hops` (a trusted hop set it; the default for headers) or `anyone`.',
      ),
  })
  .meta(oneOf(IDENTITY_KINDS))
  .describe('One source of a targeting key; the first source of a unit type that yields one wins.');

/** The keys of which an attribute source has exactly one. */
export const ATTRIBUTE_KINDS = ['claim', 'header', 'cookie'] as const;
export const attributeSchema = z
  .strictObject({
    claim: z.string().min(1).optional().describe('A claim of the verified JWT.'),
    header: token('A request header.').optional(),
    cookie: token('A cookie; needs `trust`.').optional(),
    type: z
      .enum(['string', 'number', 'boolean', 'list'])
      .optional()
      .describe(
        'How the value is read; `string` by default. A value that does not fit is missing.',
      ),
    trust: trust
      .optional()
      .describe('Who is believed: `hops` (default for headers) or `anyone`. Not for claims.'),
  })
  .meta(oneOf(ATTRIBUTE_KINDS))
  .describe('Where an attribute comes from and how it is trusted.');

const scalar = z.union([z.string(), z.number(), z.boolean()]);
const semverText = z
  .string()
  .min(5, { error: 'TINCT_PLAN_SEMVER' })
  .describe('A version, as SemVer 2.0.0 has it: `2.4.1`.');

/** The comparisons of a condition, in the order in which they are tested. */
export const OPERATORS = [
  'exists',
  'equals',
  'in',
  'startsWith',
  'endsWith',
  'contains',
  'matches',
  'gt',
  'gte',
  'lt',
  'lte',
  'semver',
  'before',
  'after',
  'inCidr',
] as const;

/** The keys of which a condition has exactly one. */
export const CONDITION_KINDS = ['attribute', 'all', 'any', 'not'] as const;

export const conditionSchema = z
  .strictObject({
    attribute: z.string().min(1).optional().describe('The attribute that is compared.'),
    exists: z.boolean().optional().describe('Whether the attribute has a value. Never unknown.'),
    equals: scalar.optional().describe('The same type and the same value.'),
    in: z.array(scalar).min(1).optional().describe('Equal to one of these.'),
    startsWith: z.string().optional().describe('A text that begins so.'),
    endsWith: z.string().optional().describe('A text that ends so.'),
    contains: z.string().optional().describe('A text with this part, or a list with this member.'),
    matches: z
      .string()
      .min(1)
      .max(1024)
      .optional()
      .describe('An RE2 regular expression that the whole text matches (linear time).'),
    gt: z.number().optional().describe('A number greater than this.'),
    gte: z.number().optional().describe('A number not less than this.'),
    lt: z.number().optional().describe('A number less than this.'),
    lte: z.number().optional().describe('A number not greater than this.'),
    semver: z
      .strictObject({
        eq: semverText.optional(),
        gt: semverText.optional(),
        gte: semverText.optional(),
        lt: semverText.optional(),
        lte: semverText.optional(),
      })
      .optional()
      .describe('A version, compared by SemVer 2.0.0 precedence; all that are given must hold.'),
    before: timestamp('A point in time (RFC 3339) before this one.').optional(),
    after: timestamp('A point in time (RFC 3339) after this one.').optional(),
    inCidr: z.array(z.string()).min(1).optional().describe('An IP address in one of these ranges.'),
    get all() {
      return z.array(conditionSchema).min(1).optional().describe('Every one of these holds.');
    },
    get any() {
      return z.array(conditionSchema).min(1).optional().describe('One of these holds.');
    },
    get not() {
      return conditionSchema.optional().describe('This is false; what is unknown stays unknown.');
    },
  })
  .meta(
    oneOf(CONDITION_KINDS, {
      id: 'Condition',
      description:
        'A comparison (all the operators it names must hold) or all/any/not of conditions. A comparison with a missing or mistyped attribute is unknown, and a rule matches only on true.',
    }),
  );

/** The keys of which a cohort has exactly one. */
export const COHORT_KINDS = ['list', 'users', 'when'] as const;
export const cohortSchema = z
  .strictObject({
    list: z.string().min(1).optional().describe('A file of ids, relative to the plan.'),
    sha256: z
      .string()
      .regex(/^[0-9a-f]{64}$/, { error: 'TINCT_PLAN_DIGEST_MALFORMED' })
      .optional()
      .describe('The digest that pins the list; `tinct plan lock` writes it.'),
    format: z
      .enum(['csv', 'ndjson', 'text'])
      .optional()
      .describe('How the list is read; by its ending when not given.'),
    column: z
      .string()
      .min(1)
      .optional()
      .describe('The CSV column or NDJSON key that holds the id.'),
    allowBadLines: z
      .int()
      .nonnegative()
      .optional()
      .describe('How many unreadable lines the list may have before it fails; 0 by default.'),
    users: ids('The ids themselves.').optional(),
    when: conditionSchema.optional().describe('Everyone for whom this holds.'),
    unit: label('The unit type of the ids; `user` by default.').optional(),
  })
  .meta(oneOf(COHORT_KINDS))
  .describe('A named population. Ids compare byte for byte.');

const rangeSchema = z
  .tuple([z.int().min(0).max(100_000), z.int().min(0).max(100_000)])
  .describe('A half-open interval of buckets, `[from, to)`, within 0 … 100000.');

export const splitSchema = z
  .strictObject({
    variant: label('The variant that these buckets get.'),
    percent: percent('Its share; the widths of its ranges add up to it.'),
    ranges: z.array(rangeSchema).describe('Its buckets; written by `tinct plan set`.'),
  })
  .describe("One variant's part of a split.");

export const ruleSchema = z
  .strictObject({
    users: ids('Ids of the unit; byte for byte.').optional(),
    cohort: z.string().optional().describe('A cohort that the unit is in.'),
    when: conditionSchema.optional().describe('A condition on attributes.'),
    percent: percent(
      'The share of units: bucket < percent · 1000. At most three decimals.',
    ).optional(),
    split: z.array(splitSchema).min(1).optional().describe('Several variants by explicit ranges.'),
    variant: label('The variant that the rule gives; not beside `split`.').optional(),
  })
  .describe(
    'All that it names must hold. In order: users, cohort, when, then percent or split; a miss falls through to the next rule.',
  );

export const serviceSchema = z
  .strictObject({
    host: z
      .string()
      .regex(SERVICE_HOST, { error: 'TINCT_PLAN_HOST_MALFORMED' })
      .describe("The service's host, as its routes name it."),
    subsets: z
      .record(label('The variant.'), z.record(z.string(), z.string()))
      .describe('The pod labels behind each variant: an Istio subset each.'),
    port: port(
      "The Service's port. Istio needs it at a gateway when there are several; the Gateway API always.",
    ).optional(),
    targetPort: port("The pods' port; `port` by default. For the Gateway API.").optional(),
    protocol: z
      .enum(['http', 'grpc'])
      .optional()
      .describe('What it speaks; `http` by default. For the Gateway API: HTTPRoute or GRPCRoute.'),
    selector: z
      .record(z.string(), z.string())
      .optional()
      .describe(
        'The labels that all its pods share, as its Service selects them. For the Gateway API, where each version has a Service.',
      ),
    exposed: z
      .boolean()
      .optional()
      .describe(
        'Whether gateways lead to it, at the hosts and paths of `scope`. By default, when it is the only service of the release.',
      ),
  })
  .describe('A service that the release moves.');

/** What the release's analysis compares beside errors and latency. */
const countedSchema = (who: string) =>
  z
    .strictObject({
      events: counterSelector('The counter of what is compared: `orders_total{version="v2"}`.'),
      total: counterSelector(
        'The counter of what it is compared to: `visits_total{version="v2"}`.',
      ),
    })
    .describe(`Of ${who}.`);

const metricSchema = z
  .strictObject({
    unit: z.string().min(1).max(60).describe('What events are, as people say it: `orders`.'),
    worse: z
      .enum(['more', 'fewer'])
      .describe('What of the canary is worse: `more` events, or `fewer`.'),
    canary: countedSchema('the canary'),
    control: countedSchema('what it is compared with'),
    perUnit: z
      .number()
      .min(1)
      .max(10_000)
      .optional()
      .describe('How many events may come from one user; 1 where users are counted. 5 by default.'),
  })
  .describe('Events among a total, in both arms: counters in Prometheus.');

const analysisSchema = z
  .strictObject({
    baseline: label(
      'The variant that is compared instead of control: stable’s code, as freshly deployed as the canary, with a share as large.',
    ).optional(),
    metrics: z
      .record(label('The metric.'), metricSchema)
      .refine((metrics) => Object.keys(metrics).length <= 10, {
        error: 'TINCT_PLAN_METRICS_MANY',
      })
      .optional()
      .describe('Compared beside errors, latency and 4xx; a fifth of alpha is theirs.'),
  })
  .describe('What `tinct check` compares beside what edges count. It changes no decision.');

export const releaseSchema = z
  .strictObject({
    state: z
      .enum(['running', 'paused', 'aborted', 'completed'])
      .optional()
      .describe(
        'running (default); paused: nothing may widen it; aborted: everyone stable; completed: everyone gets `winner`.',
      ),
    epoch: counter('What an abort kills; `tinct plan resume` raises it. 1 by default.').optional(),
    stable: label('The variant that everyone else gets.'),
    winner: label('The variant that everyone gets once the release is completed.').optional(),
    unit: label(
      'The unit type that sticks. By default user, and where there is none, anonymous.',
    ).optional(),
    salt: z
      .string()
      .min(1)
      .optional()
      .describe(
        "Feeds the bucket; the release's name by default. Changing it reshuffles everyone.",
      ),
    header: token('The routing header; `x-tinct-<release>` by default.').optional(),
    scope: z
      .strictObject({
        hosts: z
          .array(z.string().regex(HOST, { error: 'TINCT_PLAN_HOST_MALFORMED' }))
          .min(1)
          .optional()
          .describe('Request hosts; `*.shop.example` means every host below it. All by default.'),
        paths: z
          .array(z.string().regex(PATH, { error: 'TINCT_PLAN_PATH_MALFORMED' }))
          .min(1)
          .optional()
          .describe('Path prefixes, by whole segments. All by default.'),
      })
      .optional()
      .describe('The requests that the release applies to.'),
    services: z
      .record(label('The service.'), serviceSchema)
      .describe('The services that move together.'),
    slo: z
      .strictObject({
        availability: share('The share of requests without an error.').optional(),
        latency: z
          .strictObject({
            under: duration('The boundary.'),
            ratio: share('The share of requests under it.'),
          })
          .optional()
          .describe('How many requests answer how fast.'),
      })
      .optional()
      .describe('Objectives, exported beside the measured values.'),
    analysis: analysisSchema.optional(),
    memory: z
      .strictObject({
        maxAge: duration('How long an assignment is remembered.'),
        continuity: z
          .boolean()
          .optional()
          .describe(
            'Whether a visitor keeps the anonymous assignment after login. false by default.',
          ),
      })
      .optional()
      .describe('Remembers non-stable assignments in the signed cookie. Off by default.'),
    stickySince: timestamp(
      'Memory older than this is ignored; lowering a percentage moves it.',
    ).optional(),
    rules: z.array(ruleSchema).optional().describe('The first that matches decides; none: stable.'),
  })
  .describe('A named change under rollout, of one service or of several that move together.');

export const istioSchema = z
  .strictObject({
    namespace: z
      .string()
      .regex(NAMESPACE)
      .optional()
      .describe('The namespace of gateway routes, and of services whose host names none.'),
    gateways: z
      .array(z.string().regex(OBJECT_NAME))
      .optional()
      .describe('The gateways through which requests come in: `namespace/name`.'),
  })
  .describe('What `tinct istio` needs to know of the mesh. It changes no decision.');

export const planSchema = z
  .strictObject({
    apiVersion: z.literal('tinct.dev/v1').describe('The format of this document.'),
    kind: z.literal('Plan').describe('The kind of this document.'),
    metadata: metadataSchema,
    identity: z
      .array(identitySchema)
      .optional()
      .describe('Where targeting keys come from, in order.'),
    attributes: z
      .record(z.string().min(1), attributeSchema)
      .optional()
      .describe('What conditions may ask about.'),
    cohorts: z.record(label('The cohort.'), cohortSchema).optional().describe('Named populations.'),
    releases: z.record(label('The release.'), releaseSchema).describe('What is under rollout.'),
    istio: istioSchema.optional(),
  })
  .describe('The one declarative document: who gets which version.');

/** The plan as it is written. */
export type PlanDocument = z.infer<typeof planSchema>;
export type ReleaseDocument = z.infer<typeof releaseSchema>;
export type RuleDocument = z.infer<typeof ruleSchema>;
export type SplitDocument = z.infer<typeof splitSchema>;
export type CohortDocument = z.infer<typeof cohortSchema>;
export type ConditionDocument = z.infer<typeof conditionSchema>;
export type IdentityDocument = z.infer<typeof identitySchema>;
export type AttributeDocument = z.infer<typeof attributeSchema>;
export type IstioDocument = z.infer<typeof istioSchema>;
export type ServiceDocument = z.infer<typeof serviceSchema>;

/** The plan's JSON Schema, 2020-12, for editors and other languages. */
export function planJsonSchema(): Record<string, unknown> {
  return {
    $id: 'https://tinct.dev/schema/plan.schema.json',
    title: 'Tinct plan',
    ...z.toJSONSchema(planSchema, { target: 'draft-2020-12' }),
  };
}
