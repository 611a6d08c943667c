/** What marks an object as Tinct's own, of one plan. */
import type { Plan } from '@tinct/core';
import { type Document, OWN_LABELS } from '../documents/document.ts';
import { generate } from '../documents/generate.ts';
import type { Generated, GenerateOptions } from '../documents/options.ts';
import { type LiveObject, refKey, refOf } from './object.ts';

/** Who Tinct is to the API server: the owner of the fields that it writes. */
export const FIELD_MANAGER = 'tinct';

/** The plan that an object belongs to: two plans in one cluster never touch each other's objects. */
export const PLAN_LABEL = 'tinct.dev/plan';
/** `release.tinct.dev/my-service=served`: by which `kubectl get -l` finds the objects of a release. */
export const RELEASE_LABEL = 'release.tinct.dev/';
/** The plan's revision when the object was last written. */
export const REVISION_ANNOTATION = 'tinct.dev/revision';

/** A document with its marks. */
export type OwnObject = Document & {
  readonly metadata: { readonly annotations: Readonly<Record<string, string>> };
};

/** By which the API server lists what is Tinct's own, of a plan or of all of them. */
export function ownSelector(plan: string): string {
  const labels = { ...OWN_LABELS, [PLAN_LABEL]: plan };
  return Object.entries(labels)
    .map(([key, value]) => `${key}=${value}`)
    .join(',');
}

/** The plan that an object of Tinct's own belongs to: empty when it says none, undefined when it is not Tinct's. */
export function ownerPlan({ metadata: { labels = {} } }: LiveObject): string | undefined {
  const isOwn = Object.entries(OWN_LABELS).every(([key, value]) => labels[key] === value);
  return isOwn ? (labels[PLAN_LABEL] ?? '') : undefined;
}

/** The releases that an object of Tinct's own serves. */
export function releasesOf({ metadata: { labels = {} } }: LiveObject): string[] {
  const marks = Object.keys(labels).filter((label) => label.startsWith(RELEASE_LABEL));
  return marks.map((label) => label.slice(RELEASE_LABEL.length));
}

/** A plan's documents with their marks, in the order in which they are written. */
export function ownObjects(
  plan: Plan,
  options: GenerateOptions,
): Omit<Generated, 'documents'> & { readonly documents: readonly OwnObject[] } {
  const { documents, findings } = generate(plan, options);
  const releases = releasesByRef(plan, options);
  return {
    findings,
    documents: documents.map((one) => marked(one, plan, releases.get(refKey(refOf(one))) ?? [])),
  };
}

function marked(document: Document, plan: Plan, releases: readonly string[]): OwnObject {
  const served = releases.map((name) => [`${RELEASE_LABEL}${name}`, 'served']);
  const labels = {
    ...document.metadata.labels,
    [PLAN_LABEL]: plan.name,
    ...Object.fromEntries(served),
  };
  const annotations = { [REVISION_ANNOTATION]: String(plan.revision) };
  return { ...document, metadata: { ...document.metadata, labels, annotations } };
}

/** An object belongs to each release that alone would need it. */
function releasesByRef(plan: Plan, options: GenerateOptions): ReadonlyMap<string, string[]> {
  const byRef = new Map<string, string[]>();
  for (const [name, release] of Object.entries(plan.releases)) {
    const { abort = [] } = options;
    const own = { ...options, abort: abort.filter((one) => one === name) };
    const alone = generate({ ...plan, releases: { [name]: release } }, own);
    for (const document of alone.documents) {
      const key = refKey(refOf(document));
      byRef.set(key, [...(byRef.get(key) ?? []), name]);
    }
  }
  return byRef;
}
