import { type Attributes, rawHeaderValues, type Units } from '@tinct/sdk';
import type { PlanView } from './plan-view.ts';
import type { CleanRequest } from './sanitize.ts';

/** Who asks, as far as the plan's sources and the peer's trust can tell. */
export interface Who {
  readonly units: Units;
  readonly attributes: Attributes;
}

/** Reads identity and attributes from what will be forwarded, so that the service sees the same. */
export function identify(
  { headers }: Pick<CleanRequest, 'headers'>,
  trusted: boolean,
  view: PlanView,
): Who {
  const values = rawHeaderValues(headers);
  return {
    units: view.readUnits(values, trusted),
    attributes: view.readAttributes(values, trusted),
  };
}
