/** Prometheus' HTTP API, as far as raw samples go. */
import { isRecord, TinctError } from '@tinct/core/watching';

/** The variable that holds the token for Prometheus. */
export const PROMETHEUS_TOKEN = 'TINCT_PROMETHEUS_TOKEN';

export interface RawSeries {
  readonly labels: Readonly<Record<string, string>>;
  /** Seconds since the epoch and value, ascending. */
  readonly samples: readonly (readonly [at: number, value: number])[];
}

export interface PrometheusOptions {
  readonly base: URL;
  /** For `Authorization: Bearer`. */
  readonly token?: string | undefined;
  readonly timeoutMs: number;
  readonly signal: AbortSignal;
}

/** The most that one question asks for, in seconds: an hour of a busy release is some megabytes. */
const AT_ONCE = 3600;

/** All samples of a selector from `from` (excluded) to `to`, in seconds. Throws a TinctError when Prometheus cannot say. */
export async function rawSamples(
  selector: string,
  from: number,
  to: number,
  options: PrometheusOptions,
): Promise<RawSeries[]> {
  const byLabels = new Map<string, { labels: RawSeries['labels']; samples: [number, number][] }>();
  for (let end = from; end < to; ) {
    const begin = end;
    end = Math.min(to, begin + AT_ONCE);
    for (const { labels, samples } of await ask(selector, begin, end, options)) {
      const key = JSON.stringify(Object.entries(labels).sort(([a], [b]) => (a < b ? -1 : 1)));
      const known = byLabels.get(key) ?? { labels, samples: [] };
      byLabels.set(key, known);
      // Prometheus 2 has both ends of a range, Prometheus 3 the later one only.
      const last = known.samples.at(-1)?.[0] ?? Number.NEGATIVE_INFINITY;
      known.samples.push(
        ...samples
          .filter(([at]) => at > last)
          .map(([at, value]) => [at, value] as [number, number]),
      );
    }
  }
  return [...byLabels.values()];
}

async function ask(
  selector: string,
  from: number,
  to: number,
  options: PrometheusOptions,
): Promise<RawSeries[]> {
  const query = `${selector}[${Math.max(1, Math.round((to - from) * 1000))}ms]`;
  const body = new URLSearchParams({ query, time: String(to) });
  const data = await answerOf('query', options, body);
  if (data['resultType'] !== 'matrix')
    throw unread(options.base, 'it says something else than samples');
  return (data['result'] as unknown[]).flatMap(seriesOf);
}

/** The `data` of an answer. `body`: for what is asked by POST. Throws a TinctError when Prometheus cannot say. */
export async function answerOf(
  path: string,
  options: PrometheusOptions,
  body?: URLSearchParams,
): Promise<Record<string, unknown>> {
  const { status, data, error } = await asked(path, options, body);
  if (status === 'success' && isRecord(data)) return data;
  throw unread(options.base, `it says ${String(error ?? 'something else than an answer')}`);
}

async function asked(
  path: string,
  { base, token, timeoutMs, signal }: PrometheusOptions,
  body: URLSearchParams | undefined,
): Promise<Record<string, unknown>> {
  const url = `${base.href.replace(/\/$/, '')}/api/v1/${path}`;
  const timeout = AbortSignal.timeout(timeoutMs);
  try {
    const response = await fetch(url, {
      ...(body === undefined ? {} : { method: 'POST', body }),
      // Elsewhere, the token would be a stranger's.
      redirect: 'error',
      headers: token === undefined ? {} : { authorization: `Bearer ${token}` },
      signal: AbortSignal.any([signal, timeout]),
    });
    const answer: unknown = await response.json().catch(() => undefined);
    if (isRecord(answer)) return answer;
    throw unread(base, `HTTP ${response.status}, and no JSON`);
  } catch (error) {
    if (error instanceof TinctError || signal.aborted) throw error;
    throw unread(base, whyNot(error, timeout.aborted), error);
  }
}

function whyNot(error: unknown, isLate: boolean): string {
  if (isLate) return 'it did not answer in time';
  const { cause } = error as Error & { cause?: NodeJS.ErrnoException };
  return cause?.code === 'ECONNREFUSED'
    ? 'nobody listens there'
    : (cause?.code ?? 'it cannot be asked');
}

const unread = (base: URL, why: string, cause?: unknown): TinctError =>
  new TinctError('TINCT_ANALYSIS_UNREAD', `${base.origin}: ${why}`, { cause });

function seriesOf(given: unknown): RawSeries[] {
  if (!isRecord(given) || !isRecord(given['metric']) || !Array.isArray(given['values'])) return [];
  const samples = (given['values'] as [number, string][]).map(
    ([at, value]) => [at, Number(value)] as const,
  );
  return [
    {
      labels: given['metric'] as Record<string, string>,
      samples: samples.filter(([, value]) => Number.isFinite(value)),
    },
  ];
}
