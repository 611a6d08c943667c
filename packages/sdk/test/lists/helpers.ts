import { createHash } from 'node:crypto';
import {
  ERRORS,
  type Finding,
  FingerprintBuilder,
  type FingerprintList,
  formatPath,
  type ListSource,
  type Plan,
} from '@tinct/core';
import { type LoadedList, loadList, type OpenList } from '../../src/index.ts';

export const sha256 = (content: string | Uint8Array): string =>
  createHash('sha256').update(content).digest('hex');

/** Hands out what it is given, chunk by chunk. */
export const give = (...chunks: readonly Uint8Array[]): OpenList =>
  async function* () {
    yield* chunks;
  };

export type ListOptions = Partial<Omit<ListSource, 'sha256'>>;

export function sourceOf(content: string | Uint8Array, options: ListOptions = {}): ListSource {
  return {
    path: 'list.txt',
    format: 'text',
    column: undefined,
    allowBadLines: 0,
    ...options,
    sha256: sha256(content),
  };
}

/** Loads a list from memory. */
export function load(content: string | Uint8Array, options: ListOptions = {}): Promise<LoadedList> {
  const open = give(Buffer.from(content));
  return loadList(sourceOf(content, options), { baseDir: '.', open });
}

/** The list that has just these ids. */
export function listOf(digest: string, ids: Iterable<string>): FingerprintList {
  const builder = new FingerprintBuilder(digest);
  for (const id of ids) builder.add(id);
  return builder.build();
}

/** Whether a list holds these ids and nothing else. */
export function holds(list: FingerprintList, ids: Iterable<string>): boolean {
  const expected = listOf(list.sha256, ids);
  return Buffer.from(list.data.words).equals(Buffer.from(expected.data.words));
}

/** A plan whose cohorts are these lists. */
export function planOf(lists: Readonly<Record<string, ListSource>>): Plan {
  const cohorts = Object.fromEntries(
    Object.entries(lists).map(([name, list]) => [
      name,
      { kind: 'list', unit: 'user', list } as const,
    ]),
  );
  return {
    name: 'shop',
    revision: 1,
    owner: undefined,
    identity: [],
    attributes: {},
    cohorts,
    releases: {},
    istio: { namespace: undefined, gateways: [] },
  };
}

/** A finding in short: `file:line CODE path: message`, and its hint if it is not the code's own. */
export function short({ code, file, line, path, message, hint }: Finding): string {
  const where = line === undefined ? file : `${file}:${line}`;
  const more = hint === ERRORS[code].mend ? '' : `; ${hint}`;
  return `${where} ${code} ${formatPath(path)}: ${message}${more}`;
}
