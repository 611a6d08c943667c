/** What a metric is: Tinct's programs, documents, rules and dashboards read the same definitions. */

/** Who measures: the edge (and an ext_authz server), the service itself, or the analyser that compares what they say. */
export type Reporter = 'edge' | 'service' | 'analyser';

export interface MetricDefinition {
  readonly name: string;
  readonly type: 'counter' | 'gauge' | 'histogram';
  /** By UCUM, as OpenTelemetry writes units. */
  readonly unit: string;
  /** In the order in which they are written. */
  readonly labels: readonly string[];
  readonly help: string;
  readonly reporters: readonly Reporter[];
  /** How many series there are, in terms of the plan. */
  readonly cost: string;
  /** Upper bounds of a histogram's buckets, in its unit; the last one, which has none, is left out. */
  readonly bounds?: readonly number[];
}
