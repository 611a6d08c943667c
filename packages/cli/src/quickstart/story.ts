/** The story that `tinct demo` tells: each step is done through the edge and checked. */
import { applicable, compilePlan, decide, parsePlan } from '@tinct/core';
import { ROUTING_HEADER } from './service.ts';
import { RELEASE } from './stage.ts';

/** Who is asked for, beside user 123. */
export const USERS: readonly string[] = Array.from({ length: 1_000 }, (_, i) => String(1_000 + i));

/** How many requests are under way at once. */
const BATCH = 50;

/** What the story needs of the world. */
export interface Scene {
  /** Where the edge listens. */
  readonly url: string;
  /** Runs a change of the plan as the command would; resolves with the milliseconds until it was in force. */
  readonly change: (change: SceneChange) => Promise<number>;
  /** The plan's text as it is now. */
  readonly text: () => Promise<string>;
}

export type SceneChange =
  | { readonly kind: 'percent'; readonly thousandths: number }
  | { readonly kind: 'abort' };

/** One line of the story. */
export interface Line {
  /** A command, as it would be typed, or what was seen. */
  readonly kind: 'command' | 'seen';
  readonly text: string;
  readonly right: boolean;
}

/** The version that answers a user's request. */
export async function versionFor(
  url: string,
  user: string,
  headers: Record<string, string> = {},
): Promise<string> {
  const response = await fetch(url, { headers: { 'user-id': user, ...headers } });
  const text = await response.text();
  return /^my-service (\S+)/.exec(text)?.[1] ?? `nothing (${response.status})`;
}

/** The users who reach v2. */
async function onV2(url: string): Promise<Set<string>> {
  const found = new Set<string>();
  for (let i = 0; i < USERS.length; i += BATCH) {
    const asked = USERS.slice(i, i + BATCH).map(async (user) => {
      if ((await versionFor(url, user)) === 'v2') found.add(user);
    });
    await Promise.all(asked);
  }
  return found;
}

/** The users who should, by the plan alone. */
function expectedOnV2(text: string): Set<string> {
  const { plan } = parsePlan(text);
  const [release] = plan === undefined ? [] : applicable(compilePlan(plan), 'localhost', '/');
  const isV2 = (user: string) =>
    release !== undefined && decide(release, { units: { user }, now: 0 }).variant === 'v2';
  return new Set(USERS.filter(isV2));
}

function same(a: ReadonlySet<string>, b: ReadonlySet<string>): boolean {
  return a.size === b.size && a.isSubsetOf(b);
}

const seen = (text: string, right: boolean): Line => ({ kind: 'seen', text, right });
const command = (text: string): Line => ({
  kind: 'command',
  text: `tinct plan ${text}`,
  right: true,
});
const count = (n: number): string => n.toLocaleString('en-US');

/** Tells the story, a line at a time. */
export async function* tell(scene: Scene): AsyncGenerator<Line> {
  yield* beginning(scene);
  const first = yield* ramp(scene, 5, new Set());
  yield* ramp(scene, 20, first);
  yield* ending(scene);
}

async function* beginning({ url }: Scene): AsyncGenerator<Line> {
  const listed = await versionFor(url, '123');
  yield seen(`user 123 is on the plan's list: ${listed}`, listed === 'v2');
  const others = await onV2(url);
  yield seen(
    `${count(USERS.length)} other users: ${others.size === 0 ? 'all v1' : `${others.size} on v2`}`,
    others.size === 0,
  );
  for (const name of [
    ROUTING_HEADER,
    ROUTING_HEADER.toUpperCase(),
    ROUTING_HEADER.replaceAll('-', '_'),
  ]) {
    const forged = await versionFor(url, '124', { [name]: 'v2' });
    yield seen(`user 124 sends ${name}: v2: still ${forged}`, forged === 'v1');
  }
}

async function* ramp(
  scene: Scene,
  percent: number,
  before: ReadonlySet<string>,
): AsyncGenerator<Line, Set<string>> {
  yield command(`set ${RELEASE} --percent ${percent}`);
  const ms = await scene.change({ kind: 'percent', thousandths: percent * 1_000 });
  const now = await onV2(scene.url);
  const expected = same(now, expectedOnV2(await scene.text()));
  yield seen(
    `in force after ${Math.round(ms)} ms; ${now.size} of ${count(USERS.length)} users on v2, exactly those whom the plan names`,
    expected,
  );
  if (before.size > 0)
    yield seen(`all ${before.size} who were on v2 before stayed there`, before.isSubsetOf(now));
  return now;
}

async function* ending(scene: Scene): AsyncGenerator<Line> {
  yield command(`abort ${RELEASE}`);
  const ms = await scene.change({ kind: 'abort' });
  const [listed, others] = [await versionFor(scene.url, '123'), await onV2(scene.url)];
  const right = listed === 'v1' && others.size === 0;
  yield seen(
    `in force after ${Math.round(ms)} ms; user 123 on ${listed}, ${others.size} others on v2: everyone is back on v1`,
    right,
  );
}
