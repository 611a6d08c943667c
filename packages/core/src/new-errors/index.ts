export {
  ErrorBook,
  type ErrorBookOptions,
  errorFingerprint,
  type SeenError,
} from './error-book.ts';
export { normaliseMessage, topFrame } from './normalise.ts';
export {
  type ErrorReport,
  type Fingerprint,
  type KindOfError,
  mergeErrorReports,
  type NewError,
  newErrorsIn,
} from './report.ts';
export { routeOf } from './route.ts';
