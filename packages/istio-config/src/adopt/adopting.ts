/** A plan's releases in one object of somebody else's: what has to change so that they are in it, or out of it. */
import { type Finding, finding } from '@tinct/core';
import type { LiveObject } from '../apply/object.ts';
import { insertion, removal } from '../foreign/change.ts';
import { keepingSubsets } from '../foreign/destination-rule.ts';
import { type Edit, edited, jsonPatch, type Operation, same } from '../foreign/edits.ts';
import type { Insertion } from '../foreign/insertion.ts';
import { ADOPTED_ANNOTATION, adoptedFor, adoptedFrom, forgotten, noted } from './notes.ts';
import { handedBack, ownersOf } from './owners.ts';
import { type Promotion, promoted } from './promotion.ts';

/** What a plan wants of an object. */
export interface Wish {
  readonly plan: string;
  /** In their order. */
  readonly insertions: readonly Insertion[];
  /** Of the releases that are there and are not wanted, those that go; all of them by default. */
  readonly leaving?: readonly string[];
  /** A release whose winner becomes stable, if one does. */
  readonly promotion?: Promotion;
  /**
   * Whether nothing may go yet that routes might still name: the object is a target of routes, and those are written
   * after it.
   */
  readonly isWidening?: boolean;
}

export interface Adopted {
  /** As it would be. */
  readonly object: LiveObject;
  /** RFC 6902, with `test` on resourceVersion and on each list that is changed; empty where nothing changes. */
  readonly patch: readonly Operation[];
  /** With an error among them, nothing is changed. Their paths are the object's. */
  readonly findings: readonly Finding[];
  /** The releases to whose services anything in the object leads. */
  readonly concerned: readonly string[];
}

/** Puts a plan's releases into a live object; those that are there and are not wanted any more go. */
export function adopted(object: LiveObject, wish: Wish): Adopted {
  const before = adoptedFor(object);
  const mine = before[wish.plan] ?? [];
  const writer = new Writer(object);
  const stays = takeOut(writer, mine, wish);
  const { concerned, made } = putIn(writer, mine, wish);
  // What stands there because a file in Git says so is not Tinct's to take away.
  const marked = concerned.filter((release) => made.includes(release) || mine.includes(release));
  const next = { ...before, [wish.plan]: [...new Set([...stays, ...marked])] };
  writer.write(noted(writer.object, next, ownersOf(object)));
  return outcome(object, writer, concerned);
}

/** Takes out what is not wanted any more. @returns the releases that stay although they are not wanted. */
function takeOut(writer: Writer, mine: readonly string[], wish: Wish): string[] {
  const { insertions, leaving = mine, isWidening = false } = wish;
  const unwanted = mine.filter((name) => !insertions.some(({ release }) => release === name));
  if (isWidening) return unwanted;
  for (const name of unwanted)
    if (leaving.includes(name)) writer.write(removal(writer.object, name));
  return unwanted.filter((name) => !leaving.includes(name));
}

/** Puts in what is wanted. @returns the releases that anything here leads to, and those that were not there as they should. */
function putIn(
  writer: Writer,
  mine: readonly string[],
  { insertions, promotion, isWidening = false }: Wish,
) {
  const concerned: string[] = [];
  const made: string[] = [];
  for (const one of insertions) {
    promote(writer, mine, one, promotion);
    const of = isWidening ? keepingSubsets(writer.object, one) : one;
    const change = insertion(writer.object, of);
    writer.findings.push(...change.findings);
    if (!change.concerned) continue;
    concerned.push(one.release);
    if (change.edits.length > 0) made.push(one.release);
    writer.write(change.edits);
  }
  return { concerned, made };
}

/** In what a file in Git says Tinct leads nothing elsewhere; it says so. */
function promote(
  writer: Writer,
  mine: readonly string[],
  one: Insertion,
  promotion: Promotion | undefined,
): void {
  if (promotion?.release !== one.release) return;
  const edits = promoted(writer.object, one, promotion);
  if (mine.includes(one.release)) return writer.write(edits);
  const message = `requests without a color still go to \`${promotion.from}\` here`;
  const hint = `lead these routes to \`${promotion.to}\``;
  writer.findings.push(
    ...edits.map(({ path }) => finding('TINCT_ISTIO_UNPROMOTED', message, path, hint)),
  );
}

function outcome(object: LiveObject, writer: Writer, concerned: readonly string[]): Adopted {
  const isRefused = writer.findings.some(({ level }) => level === 'error');
  const edits = isRefused ? [] : writer.edits;
  const after = edited(object, edits) as LiveObject;
  return {
    object: after,
    patch: same(object, after) ? [] : jsonPatch(object, edits),
    findings: writer.findings,
    concerned,
  };
}

/**
 * Takes the last notes away, when no release is left in the object, and gives the list to those who owned it before: to
 * be written after the patch that took the last release out. Empty where there is nothing to give back.
 */
export function handBack(object: LiveObject): Operation[] {
  const owners = adoptedFrom(object);
  if (owners === undefined || Object.keys(adoptedFor(object)).length > 0) return [];
  const path = ['metadata', 'managedFields'];
  const managed: Edit[] =
    object.metadata.managedFields === undefined
      ? []
      : [{ kind: 'set', path, value: handedBack(object, owners) }];
  return jsonPatch(object, [...managed, ...forgotten(object, [ADOPTED_ANNOTATION])]);
}

/** Collects edits, each meant for what those before it have left. */
class Writer {
  readonly findings: Finding[] = [];
  readonly #edits: Edit[] = [];
  object: unknown;

  constructor(object: unknown) {
    this.object = object;
  }

  get edits(): readonly Edit[] {
    return this.#edits;
  }

  write(edits: readonly Edit[]): void {
    this.#edits.push(...edits);
    this.object = edited(this.object, edits);
  }
}
