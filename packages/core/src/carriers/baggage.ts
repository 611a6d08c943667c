/** Tinct's members of the W3C `baggage` header: `tinct.<release>=<variant>`. */

/** The header's name. */
export const BAGGAGE_HEADER = 'baggage';

/** What the keys of Tinct's members begin with. */
export const BAGGAGE_PREFIX = 'tinct.';

/** What one reader or another trims from a key, before or after decoding it (some take `+` for a space). */
const TRIMMED = /^[\s\p{C}\p{Z}+]+/u;

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

function keep(member: string, kept: string[]): void {
  if (member.trim() !== '' && !isOursOrUnreadable(keyOf(member))) kept.push(member);
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
