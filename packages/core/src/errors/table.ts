/** The one table of every mistake that Tinct can report, section by section. */
import { CLUSTER } from './cluster.ts';
import { COMMAND } from './command.ts';
import { EDGE } from './edge.ts';
import { EDGE_CONFIGURATION } from './edge-configuration.ts';
import { ISTIO } from './istio.ts';
import { KEYS } from './keys.ts';
import { LINT } from './lint.ts';
import { MANIFESTS } from './manifests.ts';
import { PLAN } from './plan.ts';
import { PLAN_CHANGES } from './plan-changes.ts';
import { PLAN_MEANING } from './plan-meaning.ts';
import { SDK } from './sdk.ts';

/** The documents keep this order. */
export const ERRORS = {
  ...PLAN,
  ...PLAN_MEANING,
  ...PLAN_CHANGES,
  ...EDGE,
  ...EDGE_CONFIGURATION,
  ...ISTIO,
  ...COMMAND,
  ...CLUSTER,
  ...KEYS,
  ...LINT,
  ...MANIFESTS,
  ...SDK,
};

export type ErrorCode = keyof typeof ERRORS;
