export type { CookieContent, StoredEntry } from './content.ts';
export { unitDigest } from './digest.ts';
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
