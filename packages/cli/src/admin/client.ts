/** Asks the admin servers of edges. */
import { lookup } from 'node:dns/promises';
import { isIP } from 'node:net';
import { isRecord } from '@tinct/core/basics';

/** The variable that holds the edges' token, as the proxy's own configuration calls it. */
export const ADMIN_TOKEN = 'TINCT_ADMIN_TOKEN';

/** One edge's answer to an abort. */
export interface AbortAnswer {
  readonly url: string;
  /** Whether the abort is in force there. */
  readonly confirmed: boolean;
  /** What there is to say: the epoch that ended, or why nothing is known. */
  readonly text: string;
}

export interface Asking {
  readonly token: string | undefined;
  readonly timeoutMs: number;
  readonly signal: AbortSignal;
}

const REASONS: Readonly<Record<string, string>> = {
  ECONNREFUSED: 'nobody listens there',
  ENOTFOUND: 'there is no such host',
  ECONNRESET: 'the connection broke',
  ETIMEDOUT: 'it did not answer in time',
};

/** The address of each replica behind a name, such as a headless Service's. An address stands for itself. */
export async function replicasOf(url: URL): Promise<URL[]> {
  const name = url.hostname.replace(/^\[|\]$/g, '');
  if (isIP(name) !== 0) return [url];
  const found = await lookup(name, { all: true });
  return found.map(({ address, family }) => {
    const replica = new URL(url);
    replica.hostname = family === 6 ? `[${address}]` : address;
    return replica;
  });
}

/** Never rejects: what went wrong is in the answer. */
export async function askForAbort(
  base: URL,
  release: string,
  asking: Asking,
): Promise<AbortAnswer> {
  const url = base.href.replace(/\/$/, '');
  try {
    const response = await post(`${url}/abort/${encodeURIComponent(release)}`, asking);
    const body: unknown = await response.json().catch(() => undefined);
    return { url, ...judged(response.status, isRecord(body) ? body : {}) };
  } catch (error) {
    return { url, confirmed: false, text: whyNot(error) };
  }
}

function post(url: string, { token, timeoutMs, signal }: Asking): Promise<Response> {
  return fetch(url, {
    method: 'POST',
    // Elsewhere, the token would be a stranger's.
    redirect: 'error',
    headers: token === undefined ? {} : { authorization: `Bearer ${token}` },
    signal: AbortSignal.any([signal, AbortSignal.timeout(timeoutMs)]),
  });
}

function judged(status: number, body: Record<string, unknown>): Omit<AbortAnswer, 'url'> {
  if (status === 200 && body['inForce'] === true) {
    const kept = body['kept'] === true ? '' : ', not kept over a restart';
    return { confirmed: true, text: `aborted, epoch ${String(body['epoch'])} ended${kept}` };
  }
  const detail = typeof body['detail'] === 'string' ? `: ${body['detail']}` : '';
  return { confirmed: false, text: `HTTP ${status}${detail}` };
}

/** Why nothing came back, in words. */
export function whyNot(error: unknown): string {
  const { name, cause } = error as Error & { cause?: NodeJS.ErrnoException };
  if (name === 'TimeoutError') return 'it did not answer in time';
  return REASONS[cause?.code ?? ''] ?? cause?.code ?? cause?.message ?? 'it cannot be asked';
}
