/** Fills in every default, once: a document that passed the checks becomes a plan. */
import { parseDuration, parseTime } from '../conditions/time.ts';
import { parsePercent } from '../percent.ts';
import { routingHeader } from './check/draft.ts';
import type {
  AttributeSource,
  Cohort,
  Comparison,
  Condition,
  IdentitySource,
  ListFormat,
  Objectives,
  Outcome,
  Plan,
  PlanMetric,
  Release,
  Rule,
  Service,
} from './plan.ts';
import {
  type AttributeDocument,
  type CohortDocument,
  type ConditionDocument,
  type IdentityDocument,
  OPERATORS,
  type PlanDocument,
  type ReleaseDocument,
  type RuleDocument,
  type ServiceDocument,
} from './schema.ts';

/** The default unit: the user, and where there is none, the anonymous visitor. */
const DEFAULT_UNITS = ['user', 'anonymous'] as const;

export function resolvePlan(document: PlanDocument): Plan {
  const { metadata } = document;
  return {
    name: metadata.name,
    revision: metadata.revision,
    owner: metadata.owner,
    identity: (document.identity ?? []).map(resolveIdentity),
    attributes: mapEntries(document.attributes ?? {}, (_, source) => resolveAttribute(source)),
    cohorts: mapEntries(document.cohorts ?? {}, (_, cohort) => resolveCohort(cohort)),
    releases: mapEntries(document.releases, resolveRelease),
    istio: { namespace: document.istio?.namespace, gateways: document.istio?.gateways ?? [] },
  };
}

function mapEntries<A, B>(
  of: Record<string, A>,
  map: (name: string, value: A) => B,
): Record<string, B> {
  return Object.fromEntries(Object.entries(of).map(([name, value]) => [name, map(name, value)]));
}

function resolveIdentity(source: IdentityDocument): IdentitySource {
  const { unit, jwt, header, cookie } = source;
  if (jwt !== undefined) {
    const from =
      jwt.cookie === undefined
        ? { header: (jwt.header ?? 'authorization').toLowerCase() }
        : { cookie: jwt.cookie };
    return {
      kind: 'jwt',
      unit,
      from,
      claim: jwt.claim,
      issuer: jwt.issuer,
      audience: jwt.audience,
      jwks: jwt.jwks,
    };
  }
  const trust = source.trust ?? 'hops';
  if (header !== undefined) return { kind: 'header', unit, name: header.toLowerCase(), trust };
  return cookie === undefined
    ? { kind: 'issued', unit }
    : { kind: 'cookie', unit, name: cookie, trust };
}

function resolveAttribute(source: AttributeDocument): AttributeSource {
  const { claim, header, cookie, type = 'string', trust = 'hops' } = source;
  if (claim !== undefined) return { kind: 'claim', name: claim, type };
  if (header !== undefined) return { kind: 'header', name: header.toLowerCase(), type, trust };
  return { kind: 'cookie', name: cookie as string, type, trust };
}

function resolveCohort(cohort: CohortDocument): Cohort {
  const unit = cohort.unit ?? 'user';
  if (cohort.when !== undefined) return { kind: 'when', condition: resolveCondition(cohort.when) };
  if (cohort.users !== undefined) return { kind: 'users', unit, users: cohort.users };
  const path = cohort.list as string;
  const list = {
    path,
    sha256: cohort.sha256 as string,
    format: cohort.format ?? formatOf(path),
    column: cohort.column,
    allowBadLines: cohort.allowBadLines ?? 0,
  };
  return { kind: 'list', unit, list };
}

/** A list's format by the ending of its name. */
export function formatOf(path: string): ListFormat {
  if (/\.csv$/i.test(path)) return 'csv';
  return /\.(ndjson|jsonl)$/i.test(path) ? 'ndjson' : 'text';
}

function resolveCondition(condition: ConditionDocument): Condition {
  if (condition.attribute !== undefined) {
    return {
      kind: 'attribute',
      attribute: condition.attribute,
      comparisons: comparisonsOf(condition),
    };
  }
  if (condition.not !== undefined)
    return { kind: 'not', condition: resolveCondition(condition.not) };
  const kind = condition.all === undefined ? 'any' : 'all';
  return { kind, conditions: (condition[kind] ?? []).map(resolveCondition) };
}

function comparisonsOf(condition: ConditionDocument): Comparison[] {
  return OPERATORS.filter((op) => condition[op] !== undefined).map(
    (op) => ({ op, operand: condition[op] }) as Comparison,
  );
}

function resolveRelease(name: string, release: ReleaseDocument): Release {
  const { memory, scope } = release;
  return {
    name,
    state: release.state ?? 'running',
    epoch: release.epoch ?? 1,
    stable: release.stable,
    winner: release.winner,
    units: release.unit === undefined ? DEFAULT_UNITS : [release.unit],
    salt: release.salt ?? name,
    header: routingHeader(name, release),
    hosts: scope?.hosts ?? [],
    paths: scope?.paths ?? [],
    services: resolveServices(release.services),
    slo: resolveObjectives(release.slo),
    baseline: release.analysis?.baseline,
    metrics: resolveMetrics(release.analysis),
    memory: memory && {
      maxAgeMs: parseDuration(memory.maxAge) ?? 0,
      continuity: memory.continuity ?? false,
    },
    stickySince: release.stickySince === undefined ? 0 : (parseTime(release.stickySince) ?? 0),
    rules: (release.rules ?? []).map(resolveRule),
  };
}

function resolveServices(services: ReleaseDocument['services']): Service[] {
  const all = Object.entries(services);
  return all.map(([name, service]) => resolveService(name, service, all.length === 1));
}

function resolveService(name: string, service: ServiceDocument, isOnly: boolean): Service {
  const { host, subsets, port, selector } = service;
  return {
    name,
    host,
    subsets,
    port,
    targetPort: service.targetPort ?? port,
    protocol: service.protocol ?? 'http',
    selector,
    exposed: service.exposed ?? isOnly,
  };
}

/** Requests of one user are taken to be five where the plan doesn't say it. */
const PER_UNIT = 5;

function resolveMetrics(analysis: ReleaseDocument['analysis']): PlanMetric[] {
  return Object.entries(analysis?.metrics ?? {}).map(
    ([name, { perUnit = PER_UNIT, ...metric }]) => ({
      ...{ name, perUnit },
      ...metric,
    }),
  );
}

function resolveObjectives(slo: ReleaseDocument['slo']): Objectives {
  const latency = slo?.latency;
  return {
    availability: slo?.availability,
    latency: latency && { underMs: parseDuration(latency.under) ?? 0, ratio: latency.ratio },
  };
}

function resolveRule(rule: RuleDocument): Rule {
  return {
    users: rule.users,
    cohort: rule.cohort,
    when: rule.when && resolveCondition(rule.when),
    outcome: resolveOutcome(rule),
  };
}

function thousandthsOf(percent: number): number {
  return parsePercent(String(percent)) as number;
}

function resolveOutcome({ variant, percent, split }: RuleDocument): Outcome {
  if (split !== undefined) {
    const parts = split.map((part) => ({
      variant: part.variant,
      thousandths: thousandthsOf(part.percent),
      ranges: part.ranges,
    }));
    return { kind: 'split', parts };
  }
  const gives = variant as string;
  return percent === undefined
    ? { kind: 'everyone', variant: gives }
    : { kind: 'percent', variant: gives, thousandths: thousandthsOf(percent) };
}
