/** The name of a release as it may stand in a query. */
import { LABEL } from '@tinct/core/watching';
import type { Kind } from '../frame/options.ts';

export const releaseName: Kind<string> = {
  expects: 'the name of a release',
  read: (given) => (LABEL.test(given) ? given : undefined),
};
