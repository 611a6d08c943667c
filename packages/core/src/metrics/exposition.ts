/** Families as text, for a scraper. What writes a thousand releases again and again keeps the text: see `lines.ts`. */
import type { MetricDefinition } from './definition.ts';
import type { MetricFamily, Point } from './family.ts';
import {
  BUCKETS_AT,
  EXPOSITION_END,
  type ExpositionFormat,
  exemplarText,
  headText,
  numberText,
  sizeOf,
  startsOf,
  writeHistogram,
} from './lines.ts';

/** The numbers of a point, in the order of their lines. */
function numbersOf(metric: MetricDefinition, point: Point): readonly number[] {
  if ('value' in point) return [point.value];
  const numbers: number[] = [];
  writeHistogram(numbers, 0, sizeOf(metric), point.histogram);
  return numbers;
}

function pointText(metric: MetricDefinition, point: Point, format: ExpositionFormat): string {
  const numbers = numbersOf(metric, point);
  const exemplars = 'value' in point || format === 'prometheus' ? [] : point.histogram.exemplars;
  const lines = startsOf(metric, point.labels, format).map((start, i) => {
    const exemplar = exemplars?.[i - BUCKETS_AT];
    const more = exemplar === undefined ? '' : exemplarText(exemplar);
    return `${start}${numberText(numbers[i] ?? 0)}${more}\n`;
  });
  return lines.join('');
}

/** The lines of one metric, without its head. */
export const pointsText = ({ metric, points }: MetricFamily, format: ExpositionFormat): string =>
  points.map((point) => pointText(metric, point, format)).join('');

/** Everything in one text. A metric without series is left out. */
export function expositionText(
  families: readonly MetricFamily[],
  format: ExpositionFormat,
): string {
  const parts = families.map((family) =>
    family.points.length === 0 ? '' : headText(family.metric, format) + pointsText(family, format),
  );
  return parts.join('') + EXPOSITION_END[format];
}

/** The format that a scraper asks for; Prometheus' own where it doesn't say. */
export function formatFor(accept: string | undefined): ExpositionFormat {
  return (accept ?? '').includes('application/openmetrics-text') ? 'openmetrics' : 'prometheus';
}
