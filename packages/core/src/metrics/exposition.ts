/** Families as text, for a scraper. What writes a thousand releases again and again keeps the text: see `lines.ts`. */
import type { MetricDefinition } from './definition.ts';
import type { MetricFamily, Point } from './family.ts';
import {
  addNumbers,
  EXPOSITION_END,
  type ExpositionFormat,
  exemplarText,
  headText,
  type LineNumbers,
  numberText,
  startsOf,
} from './lines.ts';

function pointText(metric: MetricDefinition, point: Point, format: ExpositionFormat): string {
  const numbers: LineNumbers = { values: [], exemplars: new Map() };
  addNumbers(numbers, metric, point);
  const lines = startsOf(metric, point.labels, format).map((start, i) => {
    const exemplar = format === 'openmetrics' ? numbers.exemplars.get(i) : undefined;
    const more = exemplar === undefined ? '' : exemplarText(exemplar);
    return `${start}${numberText(numbers.values[i] ?? 0)}${more}\n`;
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
