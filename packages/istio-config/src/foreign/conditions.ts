/** A route's own conditions and a color's, both of which must hold. */
import { isRecord } from '@tinct/core';
import type { ColorMatch } from '../documents/istio/match.ts';
import { stringMatch } from '../manifests/virtual-service.ts';

type Rec = Readonly<Record<string, unknown>>;

/** `never`: no request meets both. `unclear`: an expression decides, and two of one header cannot stand side by side. */
export type Both = { readonly match: Rec } | 'never' | 'unclear';

/** One of a route's matches (an HTTPMatchRequest; empty means everyone) together with a color's. */
export function both(match: Rec, color: ColorMatch): Both {
  const found = { never: false, unclear: false };
  const headers = merged(match['headers'], color.headers, found, together);
  const without = merged(match['withoutHeaders'], color.withoutHeaders ?? {}, found, () => 'ours');
  for (const [name, ours] of Object.entries(color.headers))
    if (excludes(without[keyOf(without, name)], ours)) found.never = true;
  for (const name of Object.keys(color.withoutHeaders ?? {}))
    if (isRecord(match['headers']) && keyOf(match['headers'], name) in match['headers'])
      found.never = true;
  if (found.never) return 'never';
  if (found.unclear) return 'unclear';
  return {
    match: {
      ...match,
      headers,
      ...(Object.keys(without).length === 0 ? {} : { withoutHeaders: without }),
    },
  };
}

type Ours = { readonly exact: string } | { readonly regex: string };
type Verdict = 'ours' | 'theirs' | 'never' | 'unclear';

function merged(
  theirs: unknown,
  ours: Rec,
  found: { never: boolean; unclear: boolean },
  decide: (theirs: unknown, ours: Ours) => Verdict,
): Record<string, unknown> {
  const result: Record<string, unknown> = { ...(isRecord(theirs) ? theirs : {}) };
  for (const [name, value] of Object.entries(ours)) {
    const key = keyOf(result, name);
    const verdict = key in result ? decide(result[key], value as Ours) : 'ours';
    if (verdict === 'never' || verdict === 'unclear') found[verdict] = true;
    else if (verdict === 'ours') result[key] = value;
  }
  return result;
}

/** Names of headers are the same in any capitals. */
const keyOf = (headers: Rec, name: string): string =>
  Object.keys(headers).find((key) => key.toLowerCase() === name) ?? name;

/** Which of two conditions on one header says both. */
function together(theirs: unknown, ours: Ours): Verdict {
  const match = stringMatch(theirs);
  if (match.kind === 'present') return 'ours';
  if ('exact' in ours) {
    if (match.kind === 'exact') return match.value === ours.exact ? 'ours' : 'never';
    if (match.kind === 'prefix') return ours.exact.startsWith(match.value) ? 'ours' : 'never';
    return 'unclear';
  }
  if (match.kind !== 'exact') return 'unclear';
  // The expression is Tinct's own, and means the same to RE2 and to JavaScript.
  return new RegExp(`^(?:${ours.regex})$`).test(match.value) ? 'theirs' : 'never';
}

/** Whether what must not be there is what the color asks for. */
function excludes(theirs: unknown, ours: Ours): boolean {
  if (theirs === undefined || !('exact' in ours)) return false;
  const match = stringMatch(theirs);
  if (match.kind === 'present') return true;
  if (match.kind === 'exact') return match.value === ours.exact;
  return match.kind === 'prefix' && ours.exact.startsWith(match.value);
}
