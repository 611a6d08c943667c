export type { IssuerNews } from './remote-keys.ts';
export {
  ALGORITHMS,
  type ReadTokens,
  TOKEN_DEFAULTS,
  type TokenOptions,
  TokenVerifier,
  type Verdicts,
} from './tokens.ts';
export type { Claims, JwtSource, TokenFailure, Verdict, Verified } from './verify.ts';
