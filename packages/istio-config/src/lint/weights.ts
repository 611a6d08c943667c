/** What a VirtualService is asked to do that a plan does better. */
import type { HttpRoute } from '../manifests/virtual-service.ts';
import { isOwn, type View, type VirtualService } from './view.ts';

/** Exact values of one header in one VirtualService: more are a list. */
const MAX_IDS = 50;

export function checkWeights(view: View): void {
  for (const service of view.services) {
    checkIds(service, view);
    // Tinct writes weights only where somebody asked for them.
    if (isOwn(service.manifest)) continue;
    for (const route of service.routes)
      if (isDrawn(route)) {
        const shares = route.destinations.map(
          ({ host, subset, weight = 0 }) => `${weight} to ${subset ?? host.split('.')[0]}`,
        );
        const path = [...route.path, 'route'];
        view.report(service.manifest, 'TINCT_LINT_WEIGHTS_UNSTICKY', shares.join(', '), path);
      }
  }
}

function isDrawn({ destinations }: HttpRoute): boolean {
  const drawn = destinations.filter(({ weight = 0 }) => weight > 0);
  return new Set(drawn.map(({ host, subset }) => `${host} ${subset}`)).size > 1;
}

function checkIds({ manifest, routes }: VirtualService, { report }: View): void {
  const counts = new Map<string, number>();
  for (const { header, match } of routes.flatMap(({ matches }) =>
    matches.flatMap((m) => m.headers),
  ))
    if (match.kind === 'exact') counts.set(header, (counts.get(header) ?? 0) + 1);
  for (const [header, count] of counts)
    if (count > MAX_IDS) {
      const message = `${count} exact values of \`${header}\``;
      report(manifest, 'TINCT_LINT_IDS', message, ['spec', 'http']);
    }
}
