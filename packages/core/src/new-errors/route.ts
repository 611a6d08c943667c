/** A path → what it is a case of, for those who know no routes: an id in it must not make another error of it. */

const MAX_SEGMENTS = 6;
const WORD = /^[a-z][a-z_.-]{0,23}$/i;
const VERSION = /^v\d{1,2}$/i;

/**
 * The path without its query; segments that are no plain words as `:id`, more than six of them as `…`. Words stay, be they
 * names of people: whoever reads it may read the log too.
 *
 * ```ts
 * routeOf('/v1/orders/17?a=b'); // '/v1/orders/:id'
 * ```
 */
export function routeOf(path: string): string {
  const [before = ''] = path.slice(0, 1000).split(/[?#]/, 1);
  const segments = before.split('/', MAX_SEGMENTS + 2).slice(1);
  const kept = segments
    .slice(0, MAX_SEGMENTS)
    .map((segment) =>
      segment === '' || WORD.test(segment) || VERSION.test(segment) ? segment : ':id',
    );
  return `/${[...kept, ...(segments.length > MAX_SEGMENTS ? ['…'] : [])].join('/')}`;
}
