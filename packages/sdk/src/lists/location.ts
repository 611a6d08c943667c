/** Where a list lies: a file beside a plan's file, or a URL, which may be relative to the plan's. */
import { type OpenList, openFile } from './file.ts';

const isHttp = (text: string): boolean => /^https?:\/\//i.test(text);

/** How long a list's server may be silent. */
const SILENCE_MS = 30_000;

async function* openUrl(url: URL, signal: AbortSignal | undefined): AsyncGenerator<Uint8Array> {
  if (!isHttp(url.href)) throw new TypeError('it is no http or https URL');
  const silence = new AbortController();
  const timer = setTimeout(() => silence.abort(new Error('it did not answer in time')), SILENCE_MS);
  try {
    const signals = signal === undefined ? [silence.signal] : [signal, silence.signal];
    const response = await fetch(url, { signal: AbortSignal.any(signals), redirect: 'manual' });
    if (response.status !== 200) throw new TypeError(`it answers ${response.status}`);
    for await (const chunk of response.body ?? []) {
      timer.refresh();
      yield chunk;
    }
  } finally {
    clearTimeout(timer);
  }
}

/** Opens lists relative to a folder or a URL. What comes is held against the digest of the plan. */
export function openNear(base: string): OpenList {
  const files = openFile(base);
  return (path, signal) => {
    if (isHttp(base)) return openUrl(new URL(path, base), signal);
    return isHttp(path) ? openUrl(new URL(path), signal) : files(path, signal);
  };
}
