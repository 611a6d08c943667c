import type { ResponseHead } from '../caching/mark.ts';

/** The headers of a `Response` of the Fetch API. */
export function headOf(headers: Headers): ResponseHead {
  return {
    names: () => [...headers.keys()],
    get: (name) => headers.get(name) ?? undefined,
    set: (name, value) => headers.set(name, value),
    remove: (name) => headers.delete(name),
  };
}
