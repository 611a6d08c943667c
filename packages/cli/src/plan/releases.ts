/** The releases that a command is about. */
import {
  applicable,
  type CompiledPlan,
  type CompiledRelease,
  type Plan,
  type Release,
  TinctError,
} from '@tinct/core';
import { nearest } from '../frame/names.ts';

interface Wanted {
  /** Names; none means all. */
  readonly release: readonly string[];
  readonly host: string | undefined;
  readonly path?: string | undefined;
}

export interface Chosen {
  readonly chosen: readonly CompiledRelease[];
  /** Wanted by name, or among all, but not applying to the host and path. */
  readonly elsewhere: readonly string[];
}

/** A release by its name. Throws a TinctError with the name that may have been meant. */
export function releaseOf({ releases }: Plan, name: string): Release {
  const release = Object.hasOwn(releases, name) ? releases[name] : undefined;
  if (release !== undefined) return release;
  const names = Object.keys(releases);
  const near = nearest(name, names);
  throw new TinctError('TINCT_PLAN_RELEASE_UNKNOWN', `there is no release \`${name}\``, {
    hint:
      near === undefined
        ? `the plan has ${names.join(', ') || 'none'}`
        : `did you mean \`${near}\`?`,
  });
}

/** Those of the wanted names that apply to the host and path, where a host is given. */
export function chosenReleases(
  compiled: CompiledPlan,
  { release, host, path = '/' }: Wanted,
): Chosen {
  for (const name of release) releaseOf(compiled.plan, name);
  const wanted = compiled.releases.filter(
    ({ name }) => release.length === 0 || release.includes(name),
  );
  if (host === undefined) return { chosen: wanted, elsewhere: [] };
  const applying = applicable(compiled, host, path);
  const [chosen, others] = [true, false].map((applies) =>
    wanted.filter((one) => applying.includes(one) === applies),
  );
  return { chosen: chosen ?? [], elsewhere: (others ?? []).map(({ name }) => name) };
}
