/** What edges say themselves: their `/metrics`, scrape after scrape. */
import type { UnitSketch } from '@tinct/core/watching';
import { replicasOf, whyNot } from '../admin/client.ts';
import { readExposition } from './exposition.ts';
import { isWatched, type Labels, type Seen, type SeenSeries, type Silent } from './seen.ts';
import { sketchesIn } from './sketches.ts';
import type { Source, SourceOptions } from './source.ts';

export interface EdgesOptions extends SourceOptions {
  /** Admin servers. */
  readonly urls: readonly URL[];
  /** Whether each URL's host is a name that lists the replicas. It is looked up anew each time. */
  readonly replicas: boolean;
}

/** One edge's samples of the window. */
class Kept {
  readonly #series = new Map<string, { labels: Labels; samples: [number, number][] }>();
  readonly #name: string;

  constructor(name: string) {
    this.#name = name;
  }

  add(text: string, release: string, at: number, from: number): void {
    for (const { labels, value } of readExposition(text, isWatched)) {
      if (labels['release'] !== undefined && labels['release'] !== release) continue;
      const key = JSON.stringify(labels);
      const known = this.#series.get(key) ?? {
        labels: { ...labels, instance: this.#name },
        samples: [],
      };
      this.#series.set(key, known);
      known.samples.push([at, value]);
    }
    for (const [key, { samples }] of this.#series) {
      // What an edge does not say any more is not of this moment.
      if (samples.at(-1)?.[0] !== at) this.#series.delete(key);
      while (samples.length > 2 && (samples[1]?.[0] ?? at) <= from) samples.shift();
    }
  }

  get series(): readonly SeenSeries[] {
    return [...this.#series.values()];
  }
}

type Answer = { readonly text: string } | { readonly why: string };

export function fromEdges(options: EdgesOptions): Source {
  const { release, windowMs, now, urls, replicas } = options;
  const kept = new Map<string, Kept>();
  const of = (name: string): Kept => {
    const known = kept.get(name) ?? new Kept(name);
    kept.set(name, known);
    return known;
  };
  const scrape = async (url: URL): Promise<Silent[]> => {
    const answer = await metricsOf(url, options);
    const at = now() / 1000;
    if ('why' in answer) return [{ who: url.host, why: answer.why }];
    of(url.host).add(answer.text, release, at, at - windowMs / 1000);
    return [];
  };
  return {
    async look(): Promise<Seen> {
      const targets = replicas ? await found(urls) : { urls, silent: [] };
      const named = new Set(targets.urls.map(({ host }) => host));
      // A replica that its name does not list any more is gone, not lost.
      if (replicas && targets.silent.length === 0)
        for (const name of kept.keys()) if (!named.has(name)) kept.delete(name);
      const silent = await Promise.all(targets.urls.map(scrape));
      return {
        series: [...kept.values()].flatMap(({ series }) => series),
        alerts: undefined,
        silent: [...targets.silent, ...silent.flat()],
        sketches: await sketchesOf(targets.urls, kept.size, options),
      };
    },
  };
}

async function found(urls: readonly URL[]): Promise<{ urls: URL[]; silent: Silent[] }> {
  const looked = await Promise.all(urls.map((url) => replicasOf(url).catch(() => [])));
  const silent = urls
    .filter((_, i) => looked[i]?.length === 0)
    .map(({ host }) => ({ who: host, why: 'the name lists no address' }));
  return { urls: looked.flat(), silent };
}

function get(base: URL, path: string, options: EdgesOptions): Promise<Response> {
  const { token, timeoutMs, signal } = options;
  return fetch(`${base.href.replace(/\/$/, '')}${path}`, {
    // Elsewhere, the token would be a stranger's.
    redirect: 'error',
    headers: token === undefined ? {} : { authorization: `Bearer ${token}` },
    signal: AbortSignal.any([signal, AbortSignal.timeout(timeoutMs)]),
  });
}

async function metricsOf(base: URL, options: EdgesOptions): Promise<Answer> {
  try {
    const response = await get(base, '/metrics', options);
    const text = await response.text();
    if (response.status !== 200) return { why: `HTTP ${response.status}` };
    return /^tinct_/m.test(text) ? { text } : { why: 'it answers with something else' };
  } catch (error) {
    return { why: whyNot(error) };
  }
}

/**
 * Those of every edge, or none: without one edge's, the others' would be too few. An edge alone needs none, and without a
 * token nobody gets them. `counted`: the edges whose users are counted, those that are lost among them.
 */
async function sketchesOf(
  urls: readonly URL[],
  counted: number,
  options: EdgesOptions,
): Promise<UnitSketch[][] | undefined> {
  if (options.token === undefined || urls.length < 2 || urls.length !== counted) return undefined;
  const path = `/sketches/${encodeURIComponent(options.release)}`;
  const asked = urls.map(async (url) => {
    const response = await get(url, path, options);
    return sketchesIn(await response.json());
  });
  const all = await Promise.all(asked.map((each) => each.catch(() => undefined)));
  const given = all.filter((each) => each !== undefined);
  return given.length === urls.length ? given : undefined;
}
