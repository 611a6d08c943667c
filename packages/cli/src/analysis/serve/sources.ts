/** Which releases an analyser follows, and what each of them is compared by: as its arguments and a plan say that may change. */
import { type Plan, TinctError } from '@tinct/core/watching';
import type { Session } from '../../frame/session.ts';
import { parseOrThrow, readPlan } from '../../plan/load.ts';
import { DEFAULT_PLAN } from '../../plan/options.ts';
import { releaseOf } from '../../plan/releases.ts';
import { counted } from '../../text/words.ts';
import { needsPlan, type SourceChoice } from '../choice.ts';
import { EDGES, sourceOf } from '../source.ts';
import type { Sources } from './analyser.ts';

export interface Followed {
  /** None: those of the plan that are not completed. */
  readonly releases: readonly string[];
  /** `undefined`: the usual one, where one is needed. */
  readonly plan: string | undefined;
  readonly choice: SourceChoice;
}

export type Say = (line: string) => void;

/** Where a plan is read, it is read again before each round. One that has errors changes nothing: that of the last good one stays. Rejects where there never was one. */
export async function sourcesOf(
  followed: Followed,
  session: Session,
  say: Say,
): Promise<() => Promise<Sources>> {
  const { releases, plan: file = DEFAULT_PLAN, choice } = followed;
  if (releases.length > 0 && followed.plan === undefined && !needsPlan(choice)) {
    const all = new Map(releases.map((name) => [name, EDGES]));
    return async () => all;
  }
  const told = new Set<string>();
  const read = async () => {
    const { plan } = parseOrThrow(await readPlan(file, session), false);
    const { sources, warnings } = sourcesIn(plan, followed);
    for (const line of warnings.filter((each) => !told.has(each))) say(line);
    for (const line of warnings) told.add(line);
    return sources;
  };
  let last = await read();
  let trouble = '';
  say(`${file}: ${counted(last.size, 'release')}`);
  return async () => {
    try {
      last = await read();
      trouble = '';
    } catch (error) {
      if (!(error instanceof TinctError)) throw error;
      if (trouble !== error.message) say(`${file}: ${error.code} ${error.message}`);
      trouble = error.message;
    }
    return last;
  };
}

/** Of the releases that are named, or all that are not completed. */
function sourcesIn(
  plan: Plan,
  { releases, choice }: Followed,
): { readonly sources: Sources; readonly warnings: readonly string[] } {
  const running = Object.values(plan.releases).filter(({ state }) => state !== 'completed');
  const wanted = releases.length === 0 ? running : releases.map((name) => releaseOf(plan, name));
  const chosen = wanted.map((release) => ({ name: release.name, ...sourceOf(release, choice) }));
  return {
    sources: new Map(chosen.map(({ name, source }) => [name, source])),
    warnings: chosen.flatMap(({ name, warning }) =>
      warning === undefined ? [] : `${name}: ${warning.code} ${warning.message}`,
    ),
  };
}
