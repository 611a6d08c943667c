/**
 * Every mistake that Tinct can report, in one table. Codes are forever: a retired one stays retired.
 * `docs/errors.md` is made from it, and a test holds the two and the code equal.
 *
 * A code belongs to the file of its section in [errors/](errors); the table keeps their order.
 */
export type { ErrorEntry, Level } from './errors/entry.ts';
export { type Finding, finding, formatFinding, formatPath, TinctError } from './errors/finding.ts';
export { ERRORS, type ErrorCode } from './errors/table.ts';
export { whyUnreadable } from './errors/unreadable.ts';
