/** Asks services for the errors that they keep, where they answer with `errors.report` of the SDK. */

import { isRecord } from '@tinct/core/basics';
import type { ErrorReport, KindOfError } from '@tinct/core/watching';
import { whyNot } from '../admin/client.ts';

export interface Asking {
  /** For edges: their admin servers tell nobody else. */
  readonly token: string | undefined;
  readonly timeoutMs: number;
  readonly signal: AbortSignal;
}

/** One process's book, or why there is none. */
export interface Answer {
  readonly url: string;
  readonly report: ErrorReport | undefined;
  /** Which variant it says is stable. */
  readonly stable: string | undefined;
  /** What is wrong. */
  readonly text: string;
}

/** Never rejects: what went wrong is in the answer. */
export async function askForErrors(base: URL, release: string, asking: Asking): Promise<Answer> {
  const url = `${base.href.replace(/\/$/, '')}/${encodeURIComponent(release)}`;
  const { token } = asking;
  const nothing = { url, report: undefined, stable: undefined };
  try {
    const signal = AbortSignal.any([asking.signal, AbortSignal.timeout(asking.timeoutMs)]);
    const headers = token === undefined ? {} : { authorization: `Bearer ${token}` };
    const response = await fetch(url, { signal, headers, redirect: 'error' });
    const body: unknown = await response.json().catch(() => undefined);
    const report = reportIn(body);
    if (response.status !== 200) return { ...nothing, text: `HTTP ${response.status}` };
    if (report === undefined) return { ...nothing, text: 'it answers with something else' };
    return { url, report, stable: textIn(body, 'stable'), text: '' };
  } catch (error) {
    return { ...nothing, text: whyNot(error) };
  }
}

function textIn(body: unknown, name: string): string | undefined {
  const value = isRecord(body) ? body[name] : undefined;
  return typeof value === 'string' ? value : undefined;
}

const isCounts = (value: unknown): value is Record<string, number> =>
  isRecord(value) && Object.values(value).every((count) => Number.isSafeInteger(count));

function kindIn(value: unknown): KindOfError | undefined {
  const [type, message, sample] = ['type', 'message', 'sample'].map((name) => textIn(value, name));
  if (type === undefined || message === undefined || sample === undefined) return undefined;
  const { counts, firstSeen } = value as Record<string, unknown>;
  if (!isCounts(counts) || typeof firstSeen !== 'number') return undefined;
  const [route, frame, traceId] = ['route', 'frame', 'traceId'].map((name) => textIn(value, name));
  return { type, message, sample, counts, firstSeen, route, frame, traceId };
}

function reportIn(body: unknown): ErrorReport | undefined {
  if (!isRecord(body) || !isCounts(body['requests']) || !Array.isArray(body['errors']))
    return undefined;
  const { requests, errors, dropped } = body;
  const kinds = errors.map(kindIn);
  if (kinds.includes(undefined)) return undefined;
  return {
    requests,
    errors: kinds.filter((kind) => kind !== undefined),
    dropped: typeof dropped === 'number' ? dropped : 0,
  };
}
