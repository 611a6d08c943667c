/** What holds of every object of somebody else's, whatever its kind: releases come and go, and nothing else changes. */
import assert from 'node:assert/strict';
import type { Plan } from '@tinct/core';
import {
  type Insertion,
  type InsertionOptions,
  insertionOf,
  insertRelease,
  insertText,
  removeRelease,
  removeText,
} from '@tinct/istio-config';
import { parse } from 'yaml';
import { choices, type Value, Writer } from '../../core/test/layouts.ts';
import type { Rec } from './istio-model.ts';
import { patched } from './json-patch.ts';

/** What a release of a plan puts into objects. */
export function releaseOf(plan: Plan, name: string, options: InsertionOptions = {}): Insertion {
  const { insertion, findings } = insertionOf(plan, name, options);
  assert.deepEqual(findings, []);
  assert.ok(insertion);
  return insertion;
}

export const isRefused = ({ findings }: { readonly findings: readonly { level: string }[] }) =>
  findings.some(({ level }) => level === 'error');

export interface Two {
  readonly mine: Insertion;
  readonly other: Insertion;
}

/** Twice is once, out is as before, and of two releases each comes and goes alone. @returns whether both could be put in. */
export function comeAndGo(object: Rec, { mine: first, other: second }: Two): boolean {
  const mine = insertRelease(object, first);
  const both = insertRelease(mine.object, second);
  if (isRefused(mine) || isRefused(both)) return false;
  const out = (from: unknown, { release }: Insertion) => removeRelease(from, release).object;
  assert.deepEqual(insertRelease(mine.object, first).patch, []);
  assert.deepEqual(insertRelease(both.object, first).patch, []);
  assert.deepEqual(insertRelease(both.object, second).patch, []);
  assert.deepEqual(out(mine.object, first), object);
  const left = out(both.object, first);
  assert.deepEqual(insertRelease(left, second).patch, []);
  assert.deepEqual(out(left, second), object);
  assert.deepEqual(out(out(both.object, second), first), object);
  return true;
}

/** The patch makes the same object, and fails on one that changed meanwhile, in its version or in its list. @returns whether there was one. */
export function isPatched(value: Rec, insertion: Insertion, list: string): boolean {
  const metadata = { ...(value['metadata'] as Rec), resourceVersion: '7' };
  const object = { ...value, metadata };
  const { object: next, patch } = insertRelease(object, insertion);
  assert.deepEqual(patched(object, patch), next);
  if (patch.length === 0) return false;
  const later = { ...object, metadata: { ...metadata, resourceVersion: '8' } };
  assert.throws(() => patched(later, patch), /test/);
  const spec = value['spec'] as Rec;
  const items = spec[list];
  const isListChanged = patch.some(({ op, path }) => op === 'test' && path === `/spec/${list}`);
  if (!Array.isArray(items) || !isListChanged) return true;
  const grown = { ...object, spec: { ...spec, [list]: [...items, { name: 'more' }] } };
  assert.throws(() => patched(grown, patch), /test/);
  return true;
}

/** How a text is written: a seed of choices, and whether it is JSON. */
export interface Layout {
  readonly seed: number;
  readonly json: boolean;
}

/** In any manner of writing the text is the object, and comes back byte for byte. */
export function textComesAndGoes(
  object: Rec,
  { seed, json }: Layout,
  { mine: first, other: second }: Two,
): 'written' | 'refused' | 'unwritable' {
  const writer = new Writer(choices(seed));
  const { text } = json ? writer.json(object as Value) : writer.yaml(object as Value);
  assert.deepEqual(parse(text), object, 'the layout is not what was to be written');
  const mine = insertText(text, first);
  if (isRefused(mine)) {
    assert.equal(mine.text, text);
    return mine.findings.some(({ code }) => code === 'TINCT_ISTIO_EDIT') ? 'unwritable' : 'refused';
  }
  const out = (from: string, { release }: Insertion) => removeText(from, release).text;
  assert.deepEqual(parse(mine.text), insertRelease(object, first).object);
  assert.equal(insertText(mine.text, first).text, mine.text);
  assert.equal(out(mine.text, first), text);
  const both = insertText(mine.text, second);
  if (isRefused(both)) return 'written';
  assert.equal(insertText(both.text, first).text, both.text);
  assert.equal(out(out(both.text, first), second), text);
  assert.equal(out(out(both.text, second), first), text);
  return 'written';
}
