/** What the Gateway API cannot say. */
import { type Finding, finding } from '@tinct/core';
import type { Branch, Routing, ServiceRouting } from '../../routes/routing.ts';
import { limitFinding } from './sizes.ts';

/** A Service's name is a DNS label. */
const MAX_NAME = 63;

/** Everything about a plan that no HTTPRoute or GRPCRoute can express. */
export function limitFindings({ services, entrances }: Routing): Finding[] {
  const branches = entrances.flatMap((entrance) => entrance.branches);
  return [...services.flatMap(serviceFindings), ...branches.flatMap(branchFindings)];
}

function serviceFindings(service: ServiceRouting): Finding[] {
  const { isService, host, port, selector, path } = service;
  if (!isService) {
    const message = `\`${host}\` is no Kubernetes Service, and a version of it can have none`;
    return [finding('TINCT_ISTIO_INEXPRESSIBLE', message, [...path, 'host'], ISTIO)];
  }
  return [
    ...(port === undefined ? [missing('TINCT_ISTIO_PORT_MISSING', 'port', service)] : []),
    ...(selector === undefined
      ? [missing('TINCT_ISTIO_SELECTOR_MISSING', 'selector', service)]
      : []),
    ...nameFindings(service),
    ...sizeFindings(service, 1, path),
  ];
}

const ISTIO = 'ask for `--target istio`';

function missing(
  code: 'TINCT_ISTIO_PORT_MISSING' | 'TINCT_ISTIO_SELECTOR_MISSING',
  what: string,
  { host, path }: ServiceRouting,
): Finding {
  return finding(code, `\`${host}\` has no \`${what}\``, path);
}

function nameFindings({ name, subsets, path }: ServiceRouting): Finding[] {
  return subsets
    .filter((subset) => `${name}-${subset.name}`.length > MAX_NAME)
    .map((subset) => {
      const message = `\`${name}-${subset.name}\` has more than ${MAX_NAME} characters, and a Service's name has not`;
      const hint = 'give the variant a shorter name';
      return finding('TINCT_ISTIO_INEXPRESSIBLE', message, [...path, 'subsets', subset.name], hint);
    });
}

function branchFindings({ service, paths }: Branch): Finding[] {
  const { protocol, path, host } = service;
  if (protocol === 'grpc' && paths.length > 0) {
    const message = `a GRPCRoute knows methods and no paths, and gateways lead to \`${host}\` by paths`;
    const hint = 'remove `scope.paths`, or ask for `--target istio`';
    return [finding('TINCT_ISTIO_INEXPRESSIBLE', message, path, hint)];
  }
  return sizeFindings(service, Math.max(paths.length, 1), path);
}

/** One rule for each color and one for none, each with a match for each path. */
function sizeFindings(
  { colors }: ServiceRouting,
  paths: number,
  path: readonly string[],
): Finding[] {
  const rule = { matches: Array.from({ length: paths }, () => ({})) };
  return limitFinding(
    Array.from({ length: colors.length + 1 }, () => rule),
    path,
  );
}
