/** From one set of documents to another, in an order in which no route ever leads to a subset that is not there. */
import type { Document } from '../documents/document.ts';
import { same } from '../foreign/edits.ts';

/** What names an object. */
export interface ObjectName {
  readonly apiVersion: string;
  readonly kind: string;
  readonly namespace: string;
  readonly name: string;
}

export type Step =
  /** Objects as they are to be after this step. */
  | { readonly do: 'write'; readonly documents: readonly Document[] }
  /** Until every Envoy has what was written: until then nothing may rely on it. */
  | { readonly do: 'wait'; readonly objects: readonly ObjectName[] }
  | { readonly do: 'delete'; readonly objects: readonly ObjectName[] };

const ROUTES: ReadonlySet<string> = new Set(['VirtualService', 'HTTPRoute', 'GRPCRoute']);

const isRoute = ({ kind }: Document): boolean => ROUTES.has(kind);

export function objectName({ apiVersion, kind, metadata }: Document): ObjectName {
  return { apiVersion, kind, namespace: metadata.namespace, name: metadata.name };
}

const keyOf = (document: Document): string => Object.values(objectName(document)).join(' ');

/**
 * Subsets, Services and gateways first, with those that are still routed to; then the routes; then what no route
 * names any more goes. Each step leaves a state in which every request is answered.
 */
export function steps(before: readonly Document[], after: readonly Document[]): Step[] {
  const old = new Map(before.map((one) => [keyOf(one), one]));
  const next = new Map(after.map((one) => [keyOf(one), one]));
  const wanted = after.filter((one) => !isRoute(one));
  const both = wanted.map((one) => withSubsetsOf(one, old.get(keyOf(one))));
  const gone = before.filter((one) => !next.has(keyOf(one)));
  return [
    ...writing(both.filter((one) => !same(one, old.get(keyOf(one))))),
    ...writing(after.filter((one) => isRoute(one) && !same(one, old.get(keyOf(one))))),
    ...deleting(gone.filter(isRoute)),
    ...writing(wanted.filter((one, i) => !same(one, both[i]))),
    ...deleting(gone.filter((one) => !isRoute(one))),
  ];
}

function writing(documents: readonly Document[]): Step[] {
  if (documents.length === 0) return [];
  return [
    { do: 'write', documents },
    { do: 'wait', objects: documents.map(objectName) },
  ];
}

function deleting(documents: readonly Document[]): Step[] {
  if (documents.length === 0) return [];
  const objects = documents.map(objectName);
  return [
    { do: 'delete', objects },
    { do: 'wait', objects },
  ];
}

interface Named {
  readonly name: string;
}

/** A DestinationRule with the old one's subsets too, as long as routes may lead there. */
function withSubsetsOf(document: Document, old: Document | undefined): Document {
  if (document.kind !== 'DestinationRule' || old === undefined) return document;
  const [wanted, before] = [document, old].map(({ spec }) => (spec['subsets'] ?? []) as Named[]);
  const names = new Set(wanted?.map(({ name }) => name));
  const kept = (before ?? []).filter(({ name }) => !names.has(name));
  if (kept.length === 0) return document;
  return { ...document, spec: { ...document.spec, subsets: [...(wanted ?? []), ...kept] } };
}

/** Step by step as people read it. */
export function stepText(step: Step): string {
  const objects = step.do === 'write' ? step.documents.map(objectName) : step.objects;
  const names = objects
    .map(({ kind, namespace, name }) => `${kind} ${namespace}/${name}`)
    .join(', ');
  return step.do === 'wait' ? `wait until Envoy has that: ${names}` : `${step.do} ${names}`;
}
