export { type DigestOptions, digestOf } from './digest.ts';
export type { OpenList } from './file.ts';
export { BAD_LINES_SHOWN, type BadLine, type BadLines } from './ids.ts';
export { MAX_LINE_BYTES } from './lines.ts';
export { type LoadedList, type LoadListOptions, loadList } from './load.ts';
export { type LoadListsOptions, loadLists } from './load-all.ts';
