/**
 * Metrics as text: Prometheus' format 0.0.4, byte for byte as OpenTelemetry's exporter writes it, and OpenMetrics 1.0,
 * which has exemplars. Labels' text is kept by the labels' identity: a thousand releases are some hundred thousand lines.
 */
import type { MetricDefinition } from './definition.ts';
import type { Exemplar, HistogramPoint, Labels, MetricFamily, Point } from './family.ts';

export type ExpositionFormat = 'prometheus' | 'openmetrics';

export const CONTENT_TYPES: Readonly<Record<ExpositionFormat, string>> = {
  prometheus: 'text/plain; version=0.0.4; charset=utf-8',
  openmetrics: 'application/openmetrics-text; version=1.0.0; charset=utf-8',
};

const inHelp = (text: string): string => text.replace(/\\/g, '\\\\').replace(/\n/g, '\\n');
const inLabel = (text: string): string => inHelp(text).replace(/"/g, '\\"');

function numberText(value: number): string {
  if (value === Number.POSITIVE_INFINITY) return '+Inf';
  return value === Number.NEGATIVE_INFINITY ? '-Inf' : `${value}`;
}

function pairsText(labels: Labels): string {
  const pairs = Object.entries(labels).map(([name, value]) => `${name}="${inLabel(value)}"`);
  return pairs.join(',');
}

const braced = (pairs: string): string => (pairs === '' ? '' : `{${pairs}}`);

/** OpenMetrics wants a number in buckets' bounds to look like one. */
const boundText = (bound: number | undefined, format: ExpositionFormat): string => {
  if (bound === undefined) return '+Inf';
  return format === 'openmetrics' && Number.isInteger(bound) ? `${bound}.0` : `${bound}`;
};

function exemplarText(exemplar: Exemplar | undefined): string {
  if (exemplar === undefined) return '';
  const { traceId, value, time } = exemplar;
  return ` # {trace_id="${inLabel(traceId)}"} ${numberText(value)} ${(time / 1000).toFixed(3)}`;
}

/** What stands before the numbers of a histogram's lines. */
interface HistogramLines {
  readonly count: string;
  readonly sum: string;
  readonly buckets: readonly string[];
}

/** The lines of one metric, up to their numbers. */
class Lines {
  readonly #metric: MetricDefinition;
  readonly #format: ExpositionFormat;
  readonly #plain = new WeakMap<Labels, string>();
  readonly #histograms = new WeakMap<Labels, HistogramLines>();

  constructor(metric: MetricDefinition, format: ExpositionFormat) {
    this.#metric = metric;
    this.#format = format;
  }

  of(point: Point): string {
    return 'histogram' in point
      ? this.#histogram(point)
      : `${this.#start(point.labels)}${numberText(point.value)}\n`;
  }

  #start(labels: Labels): string {
    const known = this.#plain.get(labels);
    if (known !== undefined) return known;
    const made = `${this.#metric.name}${braced(pairsText(labels))} `;
    this.#plain.set(labels, made);
    return made;
  }

  #histogram({ labels, histogram: { counts, sum, exemplars } }: HistogramPoint): string {
    const starts = this.#starts(labels);
    let total = 0;
    let lines = '';
    for (let i = 0; i < starts.buckets.length; i += 1) {
      total += counts[i] ?? 0;
      const exemplar = this.#format === 'openmetrics' ? exemplarText(exemplars?.[i]) : '';
      lines += `${starts.buckets[i]}${total}${exemplar}\n`;
    }
    return `${starts.count}${total}\n${starts.sum}${numberText(sum)}\n${lines}`;
  }

  #starts(labels: Labels): HistogramLines {
    const known = this.#histograms.get(labels);
    if (known !== undefined) return known;
    const { name, bounds = [] } = this.#metric;
    const pairs = pairsText(labels);
    const bucket = (bound: number | undefined) => {
      const le = `le="${boundText(bound, this.#format)}"`;
      return `${name}_bucket{${pairs === '' ? le : `${pairs},${le}`}} `;
    };
    const made = {
      count: `${name}_count${braced(pairs)} `,
      sum: `${name}_sum${braced(pairs)} `,
      buckets: [...bounds, undefined].map(bucket),
    };
    this.#histograms.set(labels, made);
    return made;
  }
}

/** UCUM's names for what is counted are no part of OpenMetrics' names. */
function headText({ name, help, unit, type }: MetricDefinition, format: ExpositionFormat): string {
  if (format === 'prometheus')
    return `# HELP ${name} ${inHelp(help)}\n# UNIT ${name} ${inHelp(unit)}\n# TYPE ${name} ${type}\n`;
  const family = type === 'counter' ? name.replace(/_total$/, '') : name;
  const written = unit === 's' && family.endsWith('_seconds') ? `# UNIT ${family} seconds\n` : '';
  return `# TYPE ${family} ${type}\n${written}# HELP ${family} ${inHelp(help)}\n`;
}

/** Writes families again and again; keeps what doesn't change between two of them. */
export class ExpositionWriter {
  readonly #format: ExpositionFormat;
  readonly #lines = new Map<MetricDefinition, Lines>();

  constructor(format: ExpositionFormat) {
    this.#format = format;
  }

  /** A metric without series is left out. */
  write(families: readonly MetricFamily[]): string {
    const parts = families.map((family) => this.#family(family));
    return parts.join('') + (this.#format === 'openmetrics' ? '# EOF\n' : '');
  }

  #family({ metric, points }: MetricFamily): string {
    if (points.length === 0) return '';
    let lines = this.#lines.get(metric);
    if (lines === undefined) {
      lines = new Lines(metric, this.#format);
      this.#lines.set(metric, lines);
    }
    let text = headText(metric, this.#format);
    for (const point of points) text += lines.of(point);
    return text;
  }
}

/** The format that a scraper asks for; Prometheus' own where it doesn't say. */
export function formatFor(accept: string | undefined): ExpositionFormat {
  return (accept ?? '').includes('application/openmetrics-text') ? 'openmetrics' : 'prometheus';
}
