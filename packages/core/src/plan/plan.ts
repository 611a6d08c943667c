/** The plan with every default filled in: what the rest of Tinct works with. */
import type { CustomMetric } from '../analysis/custom.ts';

/** Scalars that a condition compares with. */
export type Scalar = string | number | boolean;

/** Who is believed when a header or cookie yields a value. */
export type Trust = 'hops' | 'anyone';

/** Where a targeting key comes from. */
export type IdentitySource =
  | {
      readonly kind: 'jwt';
      readonly unit: string;
      readonly from: { readonly header: string } | { readonly cookie: string };
      readonly claim: string;
      readonly issuer: string;
      readonly audience: string | undefined;
      readonly jwks: string;
    }
  | {
      readonly kind: 'header' | 'cookie';
      readonly unit: string;
      readonly name: string;
      readonly trust: Trust;
    }
  | { readonly kind: 'issued'; readonly unit: string };

export type AttributeType = 'string' | 'number' | 'boolean' | 'list';

/** Where an attribute comes from, how it is read and how it is trusted. */
export type AttributeSource =
  | { readonly kind: 'claim'; readonly name: string; readonly type: AttributeType }
  | {
      readonly kind: 'header' | 'cookie';
      readonly name: string;
      readonly type: AttributeType;
      readonly trust: Trust;
    };

/** One comparison: `operand` is what the plan gives. */
export type Comparison =
  | { readonly op: 'exists'; readonly operand: boolean }
  | { readonly op: 'equals'; readonly operand: Scalar }
  | { readonly op: 'in'; readonly operand: readonly Scalar[] }
  | { readonly op: 'startsWith' | 'endsWith' | 'contains' | 'matches'; readonly operand: string }
  | { readonly op: 'gt' | 'gte' | 'lt' | 'lte'; readonly operand: number }
  | { readonly op: 'semver'; readonly operand: Readonly<Partial<Record<SemverOperator, string>>> }
  | { readonly op: 'before' | 'after'; readonly operand: string }
  | { readonly op: 'inCidr'; readonly operand: readonly string[] };

export type SemverOperator = 'eq' | 'gt' | 'gte' | 'lt' | 'lte';

export type Condition =
  | {
      readonly kind: 'attribute';
      readonly attribute: string;
      readonly comparisons: readonly Comparison[];
    }
  | { readonly kind: 'all' | 'any'; readonly conditions: readonly Condition[] }
  | { readonly kind: 'not'; readonly condition: Condition };

export type ListFormat = 'csv' | 'ndjson' | 'text';

/** A file of ids, pinned by the digest of its bytes. */
export interface ListSource {
  readonly path: string;
  readonly sha256: string;
  readonly format: ListFormat;
  /** CSV column or NDJSON key; `undefined` means the first column. */
  readonly column: string | undefined;
  readonly allowBadLines: number;
}

export type Cohort =
  | { readonly kind: 'list'; readonly unit: string; readonly list: ListSource }
  | { readonly kind: 'users'; readonly unit: string; readonly users: readonly string[] }
  | { readonly kind: 'when'; readonly condition: Condition };

/** A half-open interval of buckets. */
export type Range = readonly [from: number, to: number];

/** The buckets of one variant of a split. */
export interface SplitPart {
  readonly variant: string;
  /** Thousandths of a percent: the number of its buckets. */
  readonly thousandths: number;
  readonly ranges: readonly Range[];
}

/** What a rule gives to those whom it matches. */
export type Outcome =
  | { readonly kind: 'everyone'; readonly variant: string }
  | { readonly kind: 'percent'; readonly variant: string; readonly thousandths: number }
  | { readonly kind: 'split'; readonly parts: readonly SplitPart[] };

export interface Rule {
  readonly users: readonly string[] | undefined;
  readonly cohort: string | undefined;
  readonly when: Condition | undefined;
  readonly outcome: Outcome;
}

export interface Service {
  readonly name: string;
  readonly host: string;
  /** Variant → the pod labels of its subset. */
  readonly subsets: Readonly<Record<string, Readonly<Record<string, string>>>>;
  /** The Service's port. */
  readonly port: number | undefined;
  /** The pods' port. */
  readonly targetPort: number | undefined;
  readonly protocol: 'http' | 'grpc';
  /** The labels that all its pods share. */
  readonly selector: Readonly<Record<string, string>> | undefined;
  /** Whether gateways lead to it. */
  readonly exposed: boolean;
}

export type ReleaseState = 'running' | 'paused' | 'aborted' | 'completed';

export interface Objectives {
  readonly availability: number | undefined;
  readonly latency: { readonly underMs: number; readonly ratio: number } | undefined;
}

/** A metric of the plan as it is asked for. */
export interface PlanMetric extends CustomMetric {
  readonly canary: CounterPair;
  readonly control: CounterPair;
}

/** PromQL selectors of counters. */
export interface CounterPair {
  readonly events: string;
  readonly total: string;
}

export interface Release {
  readonly name: string;
  readonly state: ReleaseState;
  readonly epoch: number;
  readonly stable: string;
  /** What everyone gets when the state is `completed`; kept while that is aborted. */
  readonly winner: string | undefined;
  /** Unit types in the order in which they are tried. */
  readonly units: readonly string[];
  readonly salt: string;
  /** The routing header, in lower case. */
  readonly header: string;
  /** Lower-case hosts; empty means all. */
  readonly hosts: readonly string[];
  /** Path prefixes; empty means all. */
  readonly paths: readonly string[];
  readonly services: readonly Service[];
  readonly slo: Objectives;
  /** The variant that is compared instead of control, if any. */
  readonly baseline: string | undefined;
  readonly metrics: readonly PlanMetric[];
  readonly memory: { readonly maxAgeMs: number; readonly continuity: boolean } | undefined;
  /** Milliseconds since the epoch; 0 when the plan has none. */
  readonly stickySince: number;
  readonly rules: readonly Rule[];
}

/** What the mesh's documents need beside the releases. */
export interface IstioSettings {
  readonly namespace: string | undefined;
  /** `name` or `namespace/name`. */
  readonly gateways: readonly string[];
}

export interface Plan {
  readonly name: string;
  readonly revision: number;
  readonly owner: string | undefined;
  readonly identity: readonly IdentitySource[];
  readonly attributes: Readonly<Record<string, AttributeSource>>;
  readonly cohorts: Readonly<Record<string, Cohort>>;
  readonly releases: Readonly<Record<string, Release>>;
  readonly istio: IstioSettings;
}
