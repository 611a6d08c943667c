/** What must not be written into objects of others: nobody asked for it, a program would undo it, or it would lead nowhere. */
import { TinctError } from '@tinct/core';
import {
  type Adoptee,
  adopted,
  adoptedFor,
  gitPatch,
  type LiveObject,
  type Obstacle,
  refOf,
  refText,
  renderStream,
  type Shared,
  trackerOf,
} from '@tinct/istio-config';
import type { Session } from '../frame/session.ts';
import { findingsText } from '../text/findings.ts';
import { findingsIn, refuseTracked } from './adopt.ts';

/** Says the warnings about objects of others, and rejects with why they cannot be written. */
export async function consented(
  { adoptees, obstacles }: Pick<Shared, 'adoptees' | 'obstacles'>,
  { adopt }: { readonly adopt: boolean },
  session: Session,
): Promise<void> {
  const changing = adoptees.filter(({ object, wish }) => adopted(object, wish).patch.length > 0);
  const { err } = session;
  const isTold = ({ wish, object }: Adoptee) =>
    wish.promotion !== undefined || adopted(object, wish).patch.length > 0;
  for (const { object, wish } of adoptees.filter(isTold)) {
    const { findings } = adopted(object, wish);
    const warnings = findings.filter(({ level }) => level !== 'error');
    if (warnings.length > 0) await err.write(findingsText(findingsIn(object, warnings), err.style));
  }
  refuseObstacles(obstacles);
  await printTracked(changing, session);
  if (!adopt) refuseUnasked(changing);
}

/** A route beside another for the same requests: which of the two wins would be chance, or age. */
function refuseUnasked(changing: readonly Adoptee[]): void {
  const foreign = changing.filter(
    ({ object, wish }) => adoptedFor(object)[wish.plan] === undefined,
  );
  if (foreign.length === 0) return;
  throw standing(
    foreign.map(({ object }) => object),
    'say `--adopt`, and the releases are put into what is there; `--adopt --dry-run` shows how',
  );
}

function refuseObstacles(obstacles: readonly Obstacle[]): void {
  const [lacking] = obstacles.filter(({ release }) => release !== undefined);
  if (lacking?.release !== undefined)
    throw new TinctError(
      'TINCT_KUBE_FOREIGN',
      `${nameOf(lacking.object)} speaks of the same requests and is not Tinct's, and leads nothing to a service of \`${lacking.release}\``,
      {
        hint: 'give it a route to that service; or, if no gateway is to lead there, say `exposed: false` at the service in the plan',
      },
    );
  if (obstacles.length === 0) return;
  throw standing(
    obstacles.map(({ object }) => object),
    'remove it, or give it a route to a service of the release, and say `--adopt`',
  );
}

function standing(objects: readonly LiveObject[], hint: string): TinctError {
  const names = objects.map(nameOf).join(', ');
  const [speaks, is] = objects.length === 1 ? ['speaks', 'is'] : ['speak', 'are'];
  const message = `${names} ${speaks} of the same requests and ${is} not Tinct's`;
  return new TinctError('TINCT_KUBE_FOREIGN', message, { hint });
}

const nameOf = (object: LiveObject): string => refText(refOf(object));

/** What a program keeps is changed where it takes it from; stdout has what to write there. */
async function printTracked(changing: readonly Adoptee[], { out }: Session): Promise<void> {
  const tracked = changing.filter(({ object }) => trackerOf(object) !== undefined);
  const patches = tracked.map(({ object, wish }) => gitPatch(object, adopted(object, wish).object));
  if (patches.length > 0) await out.write(renderStream(patches));
  refuseTracked(tracked.map(({ object }) => object));
}
