/** Tinct's members of the W3C `baggage` header: `tinct.<release>=<variant>`. */

import { LABEL } from '../plan/patterns.ts';

/** The header's name. */
export const BAGGAGE_HEADER = 'baggage';

/** What the keys of Tinct's members begin with. */
export const BAGGAGE_PREFIX = 'tinct.';

/** What one reader or another trims from a key, before or after decoding it (some take `+` for a space). */
const TRIMMED = /^[\s\p{C}\p{Z}+]+/u;

/** `tinct.<release>=<variant>`, with white space and properties that others may add. */
const COLOR = /^[ \t]*tinct\.([^=;\s]+)[ \t]*=[ \t]*([^;\s]*)[ \t]*(?:;|$)/;

/** A key that is encoded more often than this is nobody's. */
const MAX_ENCODINGS = 3;

/** A decision as a baggage member. Names are RFC 1123 labels: nothing to encode. */
export function formatBaggageMember(release: string, variant: string): string {
  return `${BAGGAGE_PREFIX}${release}=${variant}`;
}

/** What stands before the value or the properties. */
function keyOf(member: string): string {
  const end = member.search(/[=;]/);
  return end === -1 ? member : member.slice(0, end);
}

function decode(key: string): string | undefined {
  try {
    return decodeURIComponent(key);
  } catch {
    return undefined;
  }
}

const isOurs = (key: string): boolean =>
  key.replace(TRIMMED, '').toLowerCase().startsWith(BAGGAGE_PREFIX);

/**
 * A hop that decodes without encoding again peels one layer off, so that the next one sees what stands below:
 * a key is Tinct's if any layer shows the prefix. One that cannot be decoded at all is dropped with them.
 */
function isOursOrUnreadable(key: string): boolean {
  if (isOurs(key)) return true;
  if (!key.includes('%')) return false;
  let layer = decode(key);
  if (layer === undefined) return true;
  for (let depth = 1; layer !== undefined; depth += 1) {
    if (isOurs(layer) || depth > MAX_ENCODINGS) return true;
    if (!layer.includes('%')) return false;
    layer = decode(layer);
  }
  return false;
}

/** Whether a member, as it stands between two commas, is Tinct's, or has a key that cannot be read. */
export function isBaggageColor(member: string): boolean {
  return isOursOrUnreadable(keyOf(member));
}

function keep(member: string, kept: string[]): void {
  if (member.trim() !== '' && !isBaggageColor(member)) kept.push(member);
}

/**
 * Release → variant, of Tinct's members as Tinct writes them: no spelling that other readers might take for one counts.
 * Properties that somebody added are passed over. Of a release that is named with two variants, `undefined`.
 */
export function readBaggageColors(
  values: readonly string[],
): ReadonlyMap<string, string | undefined> {
  const colors = new Map<string, string | undefined>();
  for (const member of values.flatMap((value) => value.split(','))) {
    const [, release, variant] = COLOR.exec(member) ?? [];
    if (release === undefined || !LABEL.test(release)) continue;
    const isOne = variant !== undefined && LABEL.test(variant);
    const before = colors.has(release) ? colors.get(release) : variant;
    colors.set(release, isOne && before === variant ? variant : undefined);
  }
  return colors;
}

/**
 * The members of all of a request's baggage headers without Tinct's, in order, byte for byte with the white space
 * around them. A member whose key cannot be decoded is dropped.
 */
export function foreignBaggage(values: readonly string[]): string[] {
  const kept: string[] = [];
  for (const value of values) for (const member of value.split(',')) keep(member, kept);
  return kept;
}

/** One header value: Tinct's members first, where a reader that stops at a limit still sees them. */
export function joinBaggage(ours: readonly string[], foreign: readonly string[]): string {
  return [...ours, ...foreign].join(',').trim();
}
