/** Generated documents become plans by `parsePlan`: what it refuses does not count. */
import fc from 'fast-check';
import {
  type CompiledPlan,
  compilePlan,
  FingerprintBuilder,
  type IdList,
  listKey,
  type Plan,
  parsePlan,
} from '../../src/index.ts';
import type { World } from '../oracle.ts';
import { document } from './documents.ts';
import { DIGESTS } from './pools.ts';
import { world } from './requests.ts';

export type Document = Record<string, unknown>;

export interface GeneratedPlan {
  readonly document: Document;
  readonly world: World;
}

/** How many documents were made, and how many of them were plans. */
export const generated = { documents: 0, plans: 0 };

function toPlan(of: Document): Plan | undefined {
  generated.documents++;
  const { plan } = parsePlan(JSON.stringify(of));
  if (plan !== undefined) generated.plans++;
  return plan;
}

function toWorld(plan: Plan, { lists, killed }: GeneratedWorld): World {
  const loaded = (['beta', 'gone'] as const).flatMap((name) => {
    const ids = lists[name];
    return ids === undefined ? [] : [[DIGESTS[name], ids] as const];
  });
  return { plan, lists: new Map(loaded), killed: killed as Record<string, number> };
}

type GeneratedWorld = typeof world extends fc.Arbitrary<infer T> ? T : never;

/** A valid plan with its lists and kills. */
export const worlds: fc.Arbitrary<GeneratedPlan> = fc
  .tuple(document, world)
  .map(([of, around]) => ({ document: of, plan: toPlan(of), around }))
  .filter(({ plan }) => plan !== undefined)
  .map(({ document: of, plan, around }) => ({
    document: of,
    world: toWorld(plan as Plan, around),
  }));

function idList(sha256: string, ids: readonly string[]): IdList {
  const builder = new FingerprintBuilder(sha256);
  for (const id of ids) builder.add(id);
  return builder.build();
}

/** The engine's view of a world. */
export function compileWorld({ plan, lists, killed }: World): CompiledPlan {
  const loaded = [...lists].map(([sha256, ids]) => {
    const key = listKey({ sha256, format: 'text', column: undefined });
    return [key, idList(sha256, ids)] as const;
  });
  return compilePlan(plan, { lists: new Map(loaded), killed: new Map(Object.entries(killed)) });
}
