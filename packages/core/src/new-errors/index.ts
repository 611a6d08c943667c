export {
  ErrorBook,
  type ErrorBookOptions,
  errorFingerprint,
  type Fingerprint,
  type NewError,
  type SeenError,
} from './error-book.ts';
export { normaliseMessage, topFrame } from './normalise.ts';
