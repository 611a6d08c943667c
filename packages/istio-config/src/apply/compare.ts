/** What of two states of an object is worth telling apart. */
import { type LiveObject, refOf } from './object.ts';
import { REVISION_ANNOTATION } from './owned.ts';

/** An object without what the API server writes by itself: times, versions, owners of fields, status. */
export function essence(object: LiveObject): Readonly<Record<string, unknown>> {
  const { apiVersion, kind, metadata, status: _status, ...rest } = object;
  const { namespace, name } = refOf(object);
  const { labels, annotations } = metadata;
  return {
    apiVersion,
    kind,
    metadata: {
      name,
      namespace,
      ...(labels === undefined ? {} : { labels: sorted(labels) }),
      ...(annotations === undefined ? {} : { annotations: sorted(annotations) }),
    },
    ...rest,
  };
}

const sorted = (map: Readonly<Record<string, string>>): Record<string, string> =>
  Object.fromEntries(Object.entries(map).sort(([a], [b]) => (a < b ? -1 : 1)));

/** Whether writing would change what the mesh sees. The revision alone is no reason: percentages move no route. */
export function isSettled(live: LiveObject, after: LiveObject): boolean {
  return canonical(essence(unrevised(live))) === canonical(essence(unrevised(after)));
}

function unrevised(object: LiveObject): LiveObject {
  const { [REVISION_ANNOTATION]: _revision, ...annotations } = object.metadata.annotations ?? {};
  return { ...object, metadata: { ...object.metadata, annotations } };
}

function canonical(value: unknown): string {
  return JSON.stringify(value, (_, inner: unknown) =>
    typeof inner === 'object' && inner !== null && !Array.isArray(inner)
      ? Object.fromEntries(Object.entries(inner).sort(([a], [b]) => (a < b ? -1 : 1)))
      : inner,
  );
}
