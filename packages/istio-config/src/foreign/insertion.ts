/** What is put into somebody else's object. */
import type { Finding, Plan } from '@tinct/core';
import type { Carrier } from '../documents/options.ts';
import { routing } from '../routes/of-plan.ts';
import type { Color, ServiceRouting, Subset } from '../routes/routing.ts';

/** A service as one release moves it. */
export interface Moved {
  readonly service: ServiceRouting;
  /** The release's own; none when it is aborted. */
  readonly colors: readonly Color[];
  /** Everyone gets this, when the release is aborted. */
  readonly stable: Color;
  /** The subsets that the colors name. */
  readonly subsets: readonly Subset[];
}

export interface Insertion {
  readonly release: string;
  /** Whether its routes come before those of other releases. */
  readonly isFirst: boolean;
  readonly isAborted: boolean;
  readonly carrier: Carrier;
  readonly moved: readonly Moved[];
}

export interface InsertionOptions {
  /** Everyone gets stable, whatever color a request carries. */
  readonly abort?: boolean;
  /** `both` by default. */
  readonly carrier?: Carrier;
}

/** What a release of a plan puts into objects; findings are about the plan. */
export function insertionOf(
  plan: Plan,
  name: string,
  { abort = false, carrier = 'both' }: InsertionOptions = {},
): { readonly insertion: Insertion | undefined; readonly findings: readonly Finding[] } {
  const release = plan.releases[name];
  const { routing: of, findings } = routing(plan, 'mesh');
  const own = findings.filter(({ path }) => path[1] === name);
  if (release === undefined) return { insertion: undefined, findings: own };
  const { state, stable, header } = release;
  const toStable = { release: name, header, variant: stable, subset: stable };
  const moved = of.services.flatMap((service): Moved[] => {
    const colors = service.colors.filter((color) => color.release === name);
    const subsets = service.subsets.filter((one) => colors.some((c) => c.subset === one.name));
    return colors.length === 0 ? [] : [{ service, colors, stable: toStable, subsets }];
  });
  const isFirst = state === 'running' || state === 'paused';
  return { insertion: { release: name, isFirst, isAborted: abort, carrier, moved }, findings: own };
}

/** Where a service leads a color; one that lacks the variant has no reason to leave stable. */
export function subsetOf({ colors, stable }: Moved, { variant }: Color): string {
  return colors.find((color) => color.variant === variant)?.subset ?? stable.subset;
}
