export { bucketIndex, COARSE_BOUNDS, DURATION_BOUNDS } from './bounds.ts';
export { CATALOGUE, SERIES } from './catalogue.ts';
export type { MetricDefinition, Reporter } from './definition.ts';
export {
  DISTINCT_ERROR,
  estimateDistinct,
  estimateRanked,
  mergeDistinct,
  noteDistinct,
  REGISTERS,
  ranksOf,
} from './distinct.ts';
export { expositionText, formatFor, pointsText } from './exposition.ts';
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
export {
  BUCKETS_AT,
  CONTENT_TYPES,
  EXPOSITION_END,
  type ExpositionFormat,
  exemplarText,
  headText,
  numberText,
  sizeOf,
  startsOf,
  writeHistogram,
} from './lines.ts';
export { type MergedUnits, mergeSketches, type SketchKind, type UnitSketch } from './sketches.ts';
