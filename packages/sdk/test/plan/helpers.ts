import type { IdList, Plan } from '@tinct/core';
import { PlanStore, type PlanStoreOptions } from '../../src/index.ts';
import type { PlanSource, PlanText } from '../../src/plan/source.ts';

export interface PlanParts {
  readonly revision: number;
  readonly percent?: number;
  readonly state?: string;
  readonly epoch?: number;
  readonly list?: string;
}

/** A small plan as text. */
export function planText({
  revision,
  percent = 5,
  state = 'running',
  epoch = 1,
  list,
}: PlanParts): string {
  const cohort =
    list === undefined ? '' : `cohorts: { beta: { list: beta.csv, sha256: ${list.repeat(64)} } }\n`;
  return `apiVersion: tinct.dev/v1
kind: Plan
metadata: { name: shop, revision: ${revision} }
identity: [{ unit: user, header: user-id }]
${cohort}releases:
  my-service:
    state: ${state}
    epoch: ${epoch}
    stable: v1
    services: { my-service: { host: my-service, subsets: { v1: { version: v1 }, v2: { version: v2 } } } }
    rules:
${list === undefined ? '' : '      - { cohort: beta, variant: v2 }\n'}      - { percent: ${percent}, variant: v2 }
`;
}

/** A source whose every read waits until it is answered. */
export class FakeSource implements PlanSource {
  readonly name = 'fake.yaml';
  readonly reads: { answer(text: string): void; fail(error: unknown): void }[] = [];
  onChange: (() => void) | undefined;
  closed = false;

  read(): Promise<PlanText> {
    const { promise, resolve, reject } = Promise.withResolvers<PlanText>();
    const answer = (text: string) => resolve({ text, file: this.name, baseDir: '/plans' });
    this.reads.push({ answer, fail: reject });
    return promise;
  }

  watch(onChange: () => void) {
    this.onChange = onChange;
    const close = () => {
      this.closed = true;
    };
    return { close };
  }
}

export const noLists = async (): Promise<ReadonlyMap<string, IdList>> => new Map();

export interface Heard {
  readonly accepted: number[];
  readonly refused: string[][];
}

/** A store on a fake source, and what it reported. */
export function fakeStore(options: Partial<PlanStoreOptions> = {}) {
  const source = new FakeSource();
  const heard: Heard = { accepted: [], refused: [] };
  const store = new PlanStore({
    source,
    loadLists: noLists,
    onAccepted: ({ compiled }) => heard.accepted.push(compiled.revision),
    onRefused: (findings) => heard.refused.push(findings.map(({ code }) => code)),
    now: () => 1_700_000_000_000,
    ...options,
  });
  /** Loads one text from start to end. */
  const put = async (text: string) => {
    const loading = store.load();
    source.reads.at(-1)?.answer(text);
    return loading;
  };
  return { source, store, heard, put };
}

export const digestsOf = (plan: Plan): string[] =>
  Object.values(plan.cohorts).flatMap((cohort) =>
    cohort.kind === 'list' ? [cohort.list.sha256[0] ?? ''] : [],
  );
