/** Names that several kinds of documents share. */
import type { Color, Entrance } from '../routes/routing.ts';
import { ownName } from './document.ts';

/** The response header by which a route says where it led. */
export const ROUTED_HEADER = 'x-tinct-routed';

/** `my-service=v2`: what that header says. */
export const routedValue = ({ release, variant }: Pick<Color, 'release' | 'variant'>): string =>
  `${release}=${variant}`;

/** What a route is called, and by what Tinct knows its own in somebody else's object. */
export const routeName = ({ release, variant }: Pick<Color, 'release' | 'variant'>): string =>
  `tinct/${release}/${variant}`;

/** The object for the requests of one host. Services have no dots in their names, so that none is called the same. */
export function entranceName({ host }: Entrance): string {
  if (host === '*') return ownName('every.host');
  return host.startsWith('*.') ? ownName(`any.${host.slice(2)}`) : `tinct.${host}`;
}
