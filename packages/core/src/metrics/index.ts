export { bucketIndex, COARSE_BOUNDS, DURATION_BOUNDS } from './bounds.ts';
export { CATALOGUE, SERIES } from './catalogue.ts';
export type { MetricDefinition, Reporter } from './definition.ts';
export {
  CONTENT_TYPES,
  type ExpositionFormat,
  ExpositionWriter,
  formatFor,
} from './exposition.ts';
export type {
  CounterPoint,
  Exemplar,
  HistogramPoint,
  HistogramValue,
  Labels,
  MetricFamily,
  Point,
} from './family.ts';
export * from './labels.ts';
