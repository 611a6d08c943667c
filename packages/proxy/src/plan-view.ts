import type { CompiledPlan } from '@tinct/core';
import { attributeReader, identityReader, type ReadAttributes, type ReadUnits } from '@tinct/sdk';

/** What the edge has worked out from one plan, once. */
export interface PlanView {
  /** Absent before the first plan: then nothing is decided, and what looks like a color is removed all the same. */
  readonly compiled: CompiledPlan | undefined;
  /** The routing headers of all releases, whether they apply or not, as {@link canonicalName} writes them. */
  readonly routingHeaders: ReadonlySet<string>;
  /** Release → its routing header, as it is written. */
  readonly headerOf: ReadonlyMap<string, string>;
  readonly readUnits: ReadUnits;
  readonly readAttributes: ReadAttributes;
}

/** A header's name as it reads to servers that take `_` for `-`. */
export function canonicalName(name: string): string {
  const lower = name.toLowerCase();
  return lower.includes('_') ? lower.replaceAll('_', '-') : lower;
}

function viewOf(compiled: CompiledPlan | undefined): PlanView {
  const releases = compiled?.releases ?? [];
  return {
    compiled,
    routingHeaders: new Set(releases.map(({ header }) => canonicalName(header))),
    headerOf: new Map(releases.map(({ name, header }) => [name, header])),
    readUnits: identityReader(compiled?.plan.identity ?? []),
    readAttributes: attributeReader(compiled?.plan.attributes ?? {}),
  };
}

/** The view of the plan in force; made when the plan is new. */
export class PlanViews {
  #latest: PlanView = viewOf(undefined);

  of(compiled: CompiledPlan | undefined): PlanView {
    if (compiled !== this.#latest.compiled) this.#latest = viewOf(compiled);
    return this.#latest;
  }
}
