/** Plan → entrances: which hosts and paths lead to which service. */
import { type Finding, finding, type Plan, type Release } from '@tinct/core';
import { compare } from '../order.ts';
import { nameHost } from './host.ts';
import { type Mention, mentionsOf } from './mention.ts';
import type { Branch, Entrance, ServiceRouting } from './routing.ts';

/** Stands for every host, and for every path. */
const ANY = '*';
const ROOT = '/';

export interface Entrances {
  readonly entrances: readonly Entrance[];
  readonly findings: readonly Finding[];
}

/** All the entrances of a plan. Each host lists whatever applies to it, also by wildcard: gateways know one list per host. */
export function entrancesOf(plan: Plan, services: readonly ServiceRouting[]): Entrances {
  const exposed = mentionsOf(plan).filter(({ service }) => service.exposed);
  const hosts = [...new Set(exposed.flatMap(({ release }) => hostsOf(release)))].sort(compare);
  const findings: Finding[] = [];
  const entrances = hosts.map((host) => {
    const here = exposed.filter(({ release }) => applies(release, host));
    const byPath = pathsAt(host, here, plan, services, findings);
    return { host, branches: branchesOf(byPath) };
  });
  return { entrances, findings };
}

const hostsOf = ({ hosts }: Release): readonly string[] => (hosts.length === 0 ? [ANY] : hosts);

const applies = (release: Release, host: string): boolean =>
  hostsOf(release).some((pattern) => covers(pattern, host));

function covers(pattern: string, host: string): boolean {
  if (pattern === ANY || pattern === host) return true;
  return pattern.startsWith('*.') && host.replace(/^\*/, '').endsWith(pattern.slice(1));
}

function pathsAt(
  host: string,
  mentions: readonly Mention[],
  plan: Plan,
  services: readonly ServiceRouting[],
  findings: Finding[],
): ReadonlyMap<string, ServiceRouting> {
  const byPath = new Map<string, ServiceRouting>();
  for (const { release, service, path } of mentions) {
    const named = nameHost(service.host, plan.istio.namespace);
    const routing = services.find((one) => typeof named !== 'string' && one.host === named.host);
    if (routing === undefined) continue;
    for (const prefix of release.paths.length === 0 ? [ROOT] : release.paths) {
      const other = byPath.get(prefix);
      if (other === undefined) byPath.set(prefix, routing);
      else if (other !== routing) findings.push(clash(host, prefix, other, path));
    }
  }
  return byPath;
}

function clash(
  host: string,
  prefix: string,
  other: ServiceRouting,
  path: Mention['path'],
): Finding {
  const where = `${host === ANY ? 'every host' : host}${prefix}`;
  return finding('TINCT_ISTIO_ENTRANCE_CLASH', `${where} leads to \`${other.host}\` already`, path);
}

/** The longest path first, so that the first that matches is the nearest; neighbours of one service are one branch. */
function branchesOf(byPath: ReadonlyMap<string, ServiceRouting>): Branch[] {
  const sorted = [...byPath].sort(([a], [b]) => b.length - a.length || compare(a, b));
  const branches: Branch[] = [];
  for (const [path, service] of sorted) {
    const last = branches.at(-1);
    const paths = path === ROOT ? [] : [path];
    if (last?.service === service && path !== ROOT)
      branches.splice(-1, 1, { service, paths: [...last.paths, ...paths] });
    else branches.push({ service, paths });
  }
  return branches;
}
