export {
  formatKeySet,
  generateKey,
  type KeySet,
  parseKeySet,
  rotate,
  type SigningKey,
} from './keyset.ts';
export {
  OVERRIDE_PARAMETER,
  OVERRIDE_TYPE,
  type OverrideClaims,
  type OverrideRefusal,
  type SignedOverride,
  signOverride,
  verifyOverride,
} from './override.ts';
