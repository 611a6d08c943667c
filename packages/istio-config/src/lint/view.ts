/** The manifests as the checks look at them, read once. */
import { type ErrorCode, type Finding, finding, type Plan } from '@tinct/core';
import {
  isDestinationRule,
  ruleHost,
  type Subset,
  subsetsOf,
} from '../manifests/destination-rule.ts';
import { fullHost } from '../manifests/hosts.ts';
import { type ApiRoute, apiRoutes } from '../manifests/http-route.ts';
import { findingAt, type Manifest, type Path } from '../manifests/manifest.ts';
import {
  gatewaysOf,
  type HttpRoute,
  hostsOf,
  httpRoutes,
  isVirtualService,
} from '../manifests/virtual-service.ts';

export interface VirtualService {
  readonly manifest: Manifest;
  readonly hosts: readonly { readonly host: string; readonly path: Path }[];
  readonly gateways: readonly string[];
  readonly routes: readonly HttpRoute[];
}

export interface DestinationRule {
  readonly manifest: Manifest;
  readonly host: string;
  readonly subsets: readonly Subset[];
}

export interface View {
  readonly manifests: readonly Manifest[];
  readonly services: readonly VirtualService[];
  readonly rules: readonly DestinationRule[];
  readonly apiRoutes: readonly ApiRoute[];
  readonly plan: Plan | undefined;
  /** Says something about a place of an object. */
  readonly report: (
    manifest: Manifest,
    code: ErrorCode,
    message: string,
    path: Path,
    hint?: string,
  ) => void;
  /** Says something about a place of the plan. */
  readonly reportPlan: (code: ErrorCode, message: string, path: Path, hint?: string) => void;
}

export interface Viewed {
  readonly view: View;
  readonly findings: readonly Finding[];
}

export function viewOf(manifests: readonly Manifest[], plan: Plan | undefined): Viewed {
  const findings: Finding[] = [];
  const view: View = {
    manifests,
    services: manifests.filter(isVirtualService).map((manifest) => ({
      manifest,
      hosts: hostsOf(manifest),
      gateways: gatewaysOf(manifest),
      routes: httpRoutes(manifest),
    })),
    rules: manifests.filter(isDestinationRule).map((manifest) => ({
      manifest,
      host: ruleHost(manifest),
      subsets: subsetsOf(manifest),
    })),
    apiRoutes: apiRoutes(manifests),
    plan: plan && withFullHosts(plan),
    report: (...about) => findings.push(findingAt(...about)),
    reportPlan: (...about) => findings.push(finding(...about)),
  };
  return { view, findings };
}

/** The plan's services as routes name them. */
function withFullHosts(plan: Plan): Plan {
  const { namespace = 'default' } = plan.istio;
  const releases = Object.entries(plan.releases).map(([name, release]) => {
    const services = release.services.map((one) => ({
      ...one,
      host: fullHost(one.host, namespace),
    }));
    return [name, { ...release, services }] as const;
  });
  return { ...plan, releases: Object.fromEntries(releases) };
}

/** The labels of a host's subset, in whichever DestinationRule has it. */
export function labelsOf(
  { rules }: View,
  host: string,
  subset: string,
): Readonly<Record<string, string>> | undefined {
  return rules
    .filter((rule) => rule.host === host)
    .flatMap((rule) => rule.subsets)
    .find(({ name }) => name === subset)?.labels;
}

/** Whether labels have all that a selector asks. */
export function selects(
  selector: Readonly<Record<string, string>>,
  labels: Readonly<Record<string, string>>,
): boolean {
  return Object.entries(selector).every(([key, value]) => labels[key] === value);
}

/** What Tinct itself has written, as its label says. */
export const isOwn = ({ labels }: Manifest): boolean =>
  labels['app.kubernetes.io/managed-by'] === 'tinct';
