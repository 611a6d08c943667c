/**
 * What the lines of a metric say, apart: the text that stays (names, labels, bounds) and the numbers that change.
 * Prometheus' format 0.0.4 byte for byte as OpenTelemetry's exporter writes it, and OpenMetrics 1.0, which has exemplars.
 */
import type { MetricDefinition } from './definition.ts';
import type { Exemplar, HistogramValue, Labels } from './family.ts';

export type ExpositionFormat = 'prometheus' | 'openmetrics';

export const CONTENT_TYPES: Readonly<Record<ExpositionFormat, string>> = {
  prometheus: 'text/plain; version=0.0.4; charset=utf-8',
  openmetrics: 'application/openmetrics-text; version=1.0.0; charset=utf-8',
};

/** What stands after the last metric. */
export const EXPOSITION_END: Readonly<Record<ExpositionFormat, string>> = {
  prometheus: '',
  openmetrics: '# EOF\n',
};

const inHelp = (text: string): string => text.replace(/\\/g, '\\\\').replace(/\n/g, '\\n');
const inLabel = (text: string): string => inHelp(text).replace(/"/g, '\\"');

export function numberText(value: number): string {
  if (value === Number.POSITIVE_INFINITY) return '+Inf';
  return value === Number.NEGATIVE_INFINITY ? '-Inf' : `${value}`;
}

function pairsText(labels: Labels): string {
  let text = '';
  for (const name of Object.keys(labels))
    text += `${text === '' ? '' : ','}${name}="${inLabel(labels[name] ?? '')}"`;
  return text;
}

const braced = (pairs: string): string => (pairs === '' ? '' : `{${pairs}}`);

/** OpenMetrics wants a number in buckets' bounds to look like one. */
const boundText = (bound: number | undefined, format: ExpositionFormat): string => {
  if (bound === undefined) return '+Inf';
  return format === 'openmetrics' && Number.isInteger(bound) ? `${bound}.0` : `${bound}`;
};

/** What a line ends with where its number has an example. */
export function exemplarText({ traceId, value, time }: Exemplar): string {
  return ` # {trace_id="${inLabel(traceId)}"} ${numberText(value)} ${(time / 1000).toFixed(3)}`;
}

/** UCUM's names for what is counted are no part of OpenMetrics' names. */
export function headText(
  { name, help, unit, type }: MetricDefinition,
  format: ExpositionFormat,
): string {
  if (format === 'prometheus')
    return `# HELP ${name} ${inHelp(help)}\n# UNIT ${name} ${inHelp(unit)}\n# TYPE ${name} ${type}\n`;
  const family = type === 'counter' ? name.replace(/_total$/, '') : name;
  const written = unit === 's' && family.endsWith('_seconds') ? `# UNIT ${family} seconds\n` : '';
  return `# TYPE ${family} ${type}\n${written}# HELP ${family} ${inHelp(help)}\n`;
}

/** Of one point: what stands before each of its numbers. A histogram's are its count, its sum and its buckets. */
export function startsOf(
  { name, type, bounds = [] }: MetricDefinition,
  labels: Labels,
  format: ExpositionFormat,
): string[] {
  const pairs = pairsText(labels);
  if (type !== 'histogram') return [`${name}${braced(pairs)} `];
  const before = pairs === '' ? '' : `${pairs},`;
  const bucket = (bound: number | undefined) =>
    `${name}_bucket{${before}le="${boundText(bound, format)}"} `;
  const buckets = [...bounds, undefined].map(bucket);
  return [`${name}_count${braced(pairs)} `, `${name}_sum${braced(pairs)} `, ...buckets];
}

/** How many numbers a series has: one, or a histogram's count, sum and buckets. */
export const sizeOf = ({ type, bounds = [] }: MetricDefinition): number =>
  type === 'histogram' ? BUCKETS_AT + bounds.length + 1 : 1;

/** Which of a histogram's numbers is its first bucket. */
export const BUCKETS_AT = 2;

/** Writes a histogram's numbers from `at` on, in the order of {@link startsOf}: so many as {@link sizeOf} says. */
export function writeHistogram(
  into: number[] | Float64Array,
  at: number,
  size: number,
  { counts, sum }: HistogramValue,
): void {
  let total = 0;
  for (let i = BUCKETS_AT; i < size; i += 1) {
    total += counts[i - BUCKETS_AT] ?? 0;
    into[at + i] = total;
  }
  into[at] = total;
  into[at + 1] = sum;
}
