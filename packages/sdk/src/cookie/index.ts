export type { CookieContent, StoredDecision, StoredEntry } from './content.ts';
export { unitDigest } from './digest.ts';
export { decidedAhead, lastAfter, lastFor, MAX_LAG_MS } from './last.ts';
export { fromMemory, type Memory, toMemory } from './memory.ts';
export {
  type CookieFailure,
  MAX_COOKIE_VALUE,
  type MacKeys,
  macKeys,
  type OpenedCookie,
  openCookie,
  sealCookie,
} from './seal.ts';
