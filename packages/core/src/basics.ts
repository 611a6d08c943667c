/**
 * What a program needs of core before it has a plan: errors in the words of the one table, and how values are written.
 * A part of the whole, without the parsers that plans need: it is there in milliseconds.
 */
export { parseDuration, parseTime } from './conditions/time.ts';
export { type ErrorCode, type Finding, formatPath, TinctError, whyUnreadable } from './errors.ts';
export { formatPercent, parsePercent } from './percent.ts';
export { nearestNames } from './plan/suggest.ts';
export { isRecord } from './record.ts';
