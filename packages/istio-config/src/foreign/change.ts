/** A release into an object, and out of it: what the object's kind needs, as edits and as a JSON Patch. */
import { type Finding, finding, isRecord, valueAt } from '@tinct/core';
import { OWN_LABELS } from '../documents/document.ts';
import { insertSubsets, removeSubsets } from './destination-rule.ts';
import { type Edit, edited, jsonPatch, type Operation } from './edits.ts';
import { insertRules, removeRules } from './http-route.ts';
import type { Insertion } from './insertion.ts';
import { type Change, insertRoutes, removeRoutes } from './virtual-service.ts';

interface Kind {
  readonly insert: (object: unknown, insertion: Insertion) => Change;
  readonly remove: (object: unknown, release: string) => readonly Edit[];
}

const ROUTE: Kind = { insert: insertRules, remove: removeRules };
const KINDS: Readonly<Record<string, Kind>> = {
  'networking.istio.io/VirtualService': { insert: insertRoutes, remove: removeRoutes },
  'networking.istio.io/DestinationRule': { insert: insertSubsets, remove: removeSubsets },
  'gateway.networking.k8s.io/HTTPRoute': ROUTE,
  'gateway.networking.k8s.io/GRPCRoute': ROUTE,
};

function kindOf(object: unknown): Kind | undefined {
  if (!isRecord(object)) return undefined;
  const { apiVersion, kind } = object;
  return KINDS[`${String(apiVersion).split('/')[0]}/${String(kind)}`];
}

const UNCONCERNED: Change = { edits: [], findings: [], concerned: false };

/** What an object needs so that a release's colors are followed in it. Objects of Tinct's own are made by `generate`. */
export function insertion(object: unknown, of: Insertion): Change {
  const change = kindOf(object)?.insert(object, of) ?? UNCONCERNED;
  if (!change.concerned || !isOwn(object)) return change;
  const message =
    'this object is Tinct’s own, and the next `tinct istio generate` would undo the change';
  return {
    ...change,
    edits: [],
    findings: [finding('TINCT_ISTIO_OWN', message, ['metadata', 'labels'])],
  };
}

/** What takes a release out of an object again. */
export function removal(object: unknown, release: string): readonly Edit[] {
  return isOwn(object) ? [] : (kindOf(object)?.remove(object, release) ?? []);
}

function isOwn(object: unknown): boolean {
  return Object.entries(OWN_LABELS).every(
    ([key, value]) => valueAt(object, ['metadata', 'labels', key]) === value,
  );
}

/** An object and what became of it. */
export interface Changed {
  /** The same one, where nothing changed. */
  readonly object: unknown;
  /** RFC 6902, with `test` on resourceVersion and on each list that is changed; empty where nothing changed. */
  readonly patch: readonly Operation[];
  /** With an error among them, nothing was changed. Their paths are the object's. */
  readonly findings: readonly Finding[];
  /** Whether anything in the object leads to a service of the release. */
  readonly concerned: boolean;
}

/** A release into a live object, as the API server gave it. */
export function insertRelease(object: unknown, of: Insertion): Changed {
  const { edits, findings, concerned } = insertion(object, of);
  const isRefused = findings.some(({ level }) => level === 'error');
  return { ...changed(object, isRefused ? [] : edits), findings, concerned };
}

/** A release out of a live object. */
export function removeRelease(object: unknown, release: string): Changed {
  const edits = removal(object, release);
  return { ...changed(object, edits), findings: [], concerned: edits.length > 0 };
}

function changed(object: unknown, edits: readonly Edit[]): Pick<Changed, 'object' | 'patch'> {
  return { object: edited(object, edits), patch: jsonPatch(object, edits) };
}
