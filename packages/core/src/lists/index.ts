export { FingerprintBuilder, MAX_LIST_IDS } from './builder.ts';
export { fingerprintOf, MAX_ID_BYTES } from './fingerprint.ts';
export type { IdList } from './idlist.ts';
export { listKey } from './key.ts';
export { type FingerprintData, FingerprintList } from './list.ts';
