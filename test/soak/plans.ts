/** The plans of the soak, and which of them may be in force. */
import { applicable, type CompiledRelease, compilePlan, decide, parsePlan } from '@tinct/core';

/** Up and down, so that users move both ways. */
const PERCENTS = [5, 50, 20, 100, 35, 0, 80];

export const planText = (revision: number): string => `apiVersion: tinct.dev/v1
kind: Plan
metadata: { name: soak, revision: ${revision} }
identity: [{ unit: user, header: user-id }]
releases:
  my-service:
    stable: v1
    services: { my-service: { host: my-service, subsets: { v1: { version: v1 }, v2: { version: v2 } } } }
    rules: [{ percent: ${PERCENTS[revision % PERCENTS.length]}, variant: v2 }]
`;

const compiled = new Map<number, CompiledRelease>();

function releaseOf(revision: number): CompiledRelease {
  const known = compiled.get(revision);
  if (known !== undefined) return known;
  const { plan } = parsePlan(planText(revision), { file: 'plan.yaml' });
  const [release] = plan === undefined ? [] : applicable(compilePlan(plan), 'shop', '/');
  if (release === undefined) throw new Error(`no plan of revision ${revision}`);
  compiled.set(revision, release);
  return release;
}

/** The version that a revision gives a user. */
export const versionOf = (revision: number, user: string): string =>
  decide(releaseOf(revision), { units: { user }, now: 0 }).variant;

/** From when until when each revision was in force somewhere, in milliseconds of `performance.now()`. */
export class InForce {
  readonly #written: number[] = [];
  /** By replica: the revision that it was last seen with. */
  readonly #seen: number[];
  readonly #retired: number[] = [];

  constructor(replicas: number) {
    this.#seen = Array.from({ length: replicas }, () => 0);
  }

  get latest(): number {
    return this.#written.length;
  }

  /** The next revision is about to be written. */
  next(): number {
    this.#written.push(performance.now());
    return this.#written.length;
  }

  /** A replica answered that it holds this revision. */
  seen(replica: number, revision: number): void {
    this.#seen[replica] = revision;
    const oldest = Math.min(...this.#seen);
    for (let gone = this.#retired.length + 1; gone < oldest; gone += 1)
      this.#retired.push(performance.now());
  }

  /** Whether every replica holds the latest. */
  get isSettled(): boolean {
    return this.#seen.every((revision) => revision === this.latest);
  }

  /** Whether a request of this time may have been decided by a revision. */
  covers(revision: number, began: number, ended: number): boolean {
    const [from, to] = [this.#written[revision - 1], this.#retired[revision - 1]];
    return from !== undefined && from <= ended && (to === undefined || to >= began);
  }
}
