/** A release whose series a Prometheus that answers from a list has, and those who follow it. */
import { cpSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { ANALYSIS_DEFAULTS, type TinctError } from '@tinct/core';
import * as fc from 'fast-check';
import type { Test } from 'tap';
import { FollowedRelease } from '../src/analysis/serve/followed.ts';
import { KeptAnalyses } from '../src/analysis/serve/kept.ts';
import { EDGES, type Source } from '../src/analysis/source.ts';
import { type FakeSeries, fakePrometheus } from './fake-prometheus.ts';
import { NOW } from './world.ts';

export const STEP = 60;
export const SCRAPES = 90;
export const END = NOW / 1000;
export const START = END - STEP * SCRAPES;
export const RELEASE = 'my-service';
export const settings = { ...ANALYSIS_DEFAULTS, bake: 0, minimumUnits: 0 };

/** What an edge counts in a step, on average. */
export const counters = (errors: number): Record<string, number> => {
  const of = (arm: string, requests: number, failed: number): Record<string, number> => {
    const own = `release="${RELEASE}",arm="${arm}",reach="service",reporter="edge"`;
    return {
      [`tinct_requests_total{${own},class="2xx"}`]: requests,
      [`tinct_errors_total{${own},cause="status"}`]: failed,
      [`tinct_request_duration_seconds_bucket{${own},le="0.1"}`]: 0.9 * requests,
      [`tinct_request_duration_seconds_bucket{${own},le="+Inf"}`]: requests,
      [`tinct_affected_units_total{release="${RELEASE}",arm="${arm}"}`]: failed,
    };
  };
  const slices = Array.from({ length: 4 }, (_, i) => [
    `tinct_slice_errors_total{release="${RELEASE}",slice="${i}"}`,
    5,
  ]);
  return {
    ...of('canary', 200, 4 * errors),
    ...of('control', 1000, 20),
    ...Object.fromEntries(slices),
  };
};

export interface World {
  /** By how much the canary's errors exceed control's. */
  readonly errors: number;
  /** Scrapes that never came, and those before which each edge restarted. */
  readonly missing: readonly number[];
  readonly restarts: readonly number[];
  readonly seed: number;
}

export const PLAIN: World = { errors: 1, missing: [], restarts: [], seed: 1 };

export function seriesOf(
  { errors, missing, restarts, seed }: World,
  counted: Setting['counted'] = counters,
): FakeSeries[] {
  let state = seed | 0;
  const chance = () => {
    state = (Math.imul(state, 1_664_525) + 1_013_904_223) | 0;
    return (state >>> 0) / 2 ** 32;
  };
  const scrapes = Array.from({ length: SCRAPES + 1 }, (_, n) => n);
  const kept = (samples: readonly (readonly [number, string])[]) =>
    samples.filter((_, n) => !missing.includes(n));
  // Busy and quiet minutes, in both arms alike.
  const busy = scrapes.map(() => 0.5 + chance());
  const grown = Object.entries(counted(errors)).map(([name, mean]) => {
    let value = 0;
    const samples = scrapes.map((n) => {
      value = (restarts.includes(n) ? 0 : value) + Math.round(mean * (busy[n] ?? 1));
      return [START + STEP * n, String(value)] as const;
    });
    return { name, samples: kept(samples) };
  });
  const gauge = (name: string, value: number) => ({
    name: `${name}{release="${RELEASE}"}`,
    samples: kept(scrapes.map((n) => [START + STEP * n, String(value)] as const)),
  });
  return [
    ...grown,
    gauge('tinct_analysis_start_timestamp_seconds', START),
    gauge('tinct_canary_nominal_ratio', 0.2),
  ];
}

export const folderOf = (t: Test): string => {
  const dir = mkdtempSync(join(tmpdir(), 'tinct-analysis-'));
  t.teardown(() => rmSync(dir, { recursive: true, force: true }));
  return dir;
};

/** What is followed by what it counts. */
export interface Setting {
  readonly source: Source;
  /** What is counted in a step, on average; by how much the canary's errors exceed control's. */
  readonly counted: (errors: number) => Record<string, number>;
  readonly since: number | undefined;
}

export interface Stage {
  readonly url: string;
  /** An analyser that begins to run, with what lies in the folder. */
  readonly begun: (folder?: string, tolerance?: number) => FollowedRelease;
  readonly warnings: TinctError[];
  world: World;
}

export async function stage(t: Test, world: World, setting: Partial<Setting> = {}): Promise<Stage> {
  const { source = EDGES, counted, since } = setting;
  const made = { world };
  const { url } = await fakePrometheus(t, () => seriesOf(made.world, counted));
  const warnings: TinctError[] = [];
  const prometheus = {
    base: new URL(url),
    timeoutMs: 60_000,
    signal: new AbortController().signal,
  };
  const begun = (folder?: string, tolerance = 1.2) =>
    new FollowedRelease({
      ...{ release: RELEASE, source, since, prometheus },
      settings: { ...settings, tolerance },
      kept: folder === undefined ? undefined : new KeptAnalyses(folder),
      warn: (trouble) => void warnings.push(trouble),
    });
  return Object.assign(made, { url, begun, warnings });
}

/** What stands in the file: the evidence to its last bit. */
export const keptIn = (folder: string): string =>
  readFileSync(join(folder, `${RELEASE}.analysis`), 'utf8');

const worlds = fc.record({
  errors: fc.constantFrom(1, 3),
  missing: fc.uniqueArray(fc.integer({ min: 8, max: SCRAPES }), { maxLength: 30 }),
  restarts: fc.uniqueArray(fc.integer({ min: 1, max: SCRAPES }), { maxLength: 2 }),
  seed: fc.integer(),
});
/** Looks, in seconds since the start; at some the process dies: before it reads, or before what it read is on the disk. */
const looks = fc.array(
  fc.record({
    after: fc.integer({ min: 0, max: SCRAPES * STEP }),
    death: fc.constantFrom('none', 'none', 'before', 'unwritten'),
  }),
  { maxLength: 12 },
);

/** Kills whoever follows between any two looks, and while it keeps: says how often what it keeps was that of one that never was killed. */
export async function killedAtAnyTime(
  t: Test,
  runs: number,
  setting: Partial<Setting> = {},
): Promise<number> {
  const made = await stage(t, PLAIN, setting);
  let kept = 0;
  await fc.assert(
    fc.asyncProperty(worlds, looks, async (world, moments) => {
      made.world = world;
      const [calm, killed] = [folderOf(t), folderOf(t)];
      await made.begun(calm).look(END);
      let running = made.begun(killed);
      for (const { after, death } of moments.sort((a, b) => a.after - b.after)) {
        const before = `${killed}.before`;
        cpSync(killed, before, { recursive: true });
        if (death === 'before') running = made.begun(killed);
        await running.look(START + after);
        if (death !== 'unwritten') rmSync(before, { recursive: true });
        else {
          rmSync(killed, { recursive: true });
          cpSync(before, killed, { recursive: true });
          rmSync(before, { recursive: true });
          writeFileSync(join(killed, `${RELEASE}.analysis.new`), 'half a fi');
          running = made.begun(killed);
        }
      }
      await running.look(END);
      kept += 1;
      return keptIn(killed) === keptIn(calm);
    }),
    { numRuns: runs },
  );
  return kept;
}
