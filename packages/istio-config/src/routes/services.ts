/** Plan → services: what all releases together say of each host. */
import type { Plan } from '@tinct/core';
import { type Finding, finding } from '@tinct/core';
import { compare } from '../order.ts';
import { type Named, nameHost } from './host.ts';
import { labelFindings } from './labels.ts';
import { type Mention, mentionsOf } from './mention.ts';
import { routesOf } from './routes.ts';
import type { Color, ServiceRouting, Subset } from './routing.ts';

export interface Services {
  /** By host. */
  readonly services: readonly ServiceRouting[];
  readonly findings: readonly Finding[];
}

/** All services of a plan. A service that something is wrong with is left out, with an error. */
export function servicesOf(plan: Plan): Services {
  const byHost = new Map<string, { named: Named; mentions: Mention[] }>();
  const findings: Finding[] = [];
  for (const mention of mentionsOf(plan)) {
    const named = nameHost(mention.service.host, plan.istio.namespace);
    findings.push(...hostFindings(named, mention), ...labelFindings(mention));
    if (typeof named === 'string') continue;
    const known = byHost.get(named.host) ?? { named, mentions: [] };
    byHost.set(named.host, { ...known, mentions: [...known.mentions, mention] });
  }
  const all = [...byHost].sort(([a], [b]) => compare(a, b));
  const services = all.flatMap(([, { named, mentions }]) => {
    findings.push(...subsetFindings(mentions));
    return merge(named, mentions);
  });
  return { services, findings };
}

function merge(named: Named, mentions: readonly Mention[]): ServiceRouting[] {
  const [first] = mentions;
  if (first === undefined) return [];
  const { release, service, path } = first;
  const { port, targetPort, protocol, selector } = service;
  const { stable, name } = release;
  return [
    {
      ...named,
      ...{ port, targetPort, protocol, selector, path },
      subsets: mergedSubsets(mentions),
      colors: mentions.flatMap(colorsOf),
      stable: { release: name, variant: stable },
      shares: [{ subset: stable, thousandths: 100_000 }],
    },
  ];
}

function colorsOf({ release, service }: Mention): Color[] {
  return routesOf(release, service).map(({ header, variant, subset }) => ({
    release: release.name,
    header,
    variant,
    subset,
  }));
}

function mergedSubsets(mentions: readonly Mention[]): Subset[] {
  const byName = new Map(mentions.toReversed().flatMap(namedSubsets));
  return [...byName.values()].sort((a, b) => compare(a.name, b.name));
}

function namedSubsets({ release, service }: Mention): [string, Subset][] {
  return routesOf(release, service).map(({ subset, labels }) => [subset, { name: subset, labels }]);
}

function hostFindings(named: ReturnType<typeof nameHost>, { service, path }: Mention): Finding[] {
  const at = [...path, 'host'];
  if (named === 'half') {
    const message = `Istio finds no service of the name \`${service.host}\``;
    return [finding('TINCT_ISTIO_HOST', message, at, `write \`${service.host}.cluster.local\``)];
  }
  if (named !== 'namespace') return [];
  return [finding('TINCT_ISTIO_NAMESPACE_MISSING', `\`${service.host}\` names no namespace`, at)];
}

/** Two releases of one service may share a subset, but not its name alone. */
function subsetFindings(mentions: readonly Mention[]): Finding[] {
  const known = new Map<string, string>();
  return mentions.flatMap(({ release, service, path }) =>
    routesOf(release, service).flatMap(({ subset, labels }) => {
      const text = JSON.stringify(labels);
      const before = known.get(subset) ?? text;
      known.set(subset, before);
      if (before === text) return [];
      const message = `another release gives \`${subset}\` of \`${service.host}\` other labels`;
      return [finding('TINCT_ISTIO_SUBSET_CLASH', message, [...path, 'subsets', subset])];
    }),
  );
}
