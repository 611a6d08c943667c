/** A small valid plan as text, with places for what a test is about. */
import {
  type CompiledPlan,
  type CompiledRelease,
  type CompileOptions,
  compilePlan,
  formatFinding,
  type Plan,
  parsePlan,
} from '../src/index.ts';

export interface PlanPieces {
  /** Lines of the plan above `releases`. */
  readonly top?: string;
  /** Lines of the release above its services, indented by four. */
  readonly release?: string;
  /** The rules, each a flow map without its dash. */
  readonly rules?: readonly string[];
  /** The variants beside `v1`. */
  readonly variants?: readonly string[];
}

export function planText({
  top = '',
  release = '',
  rules = ['{ percent: 5, variant: v2 }'],
  variants = ['v2'],
}: PlanPieces = {}): string {
  const subsets = ['v1', ...variants].map((variant) => `${variant}: { version: ${variant} }`);
  return `apiVersion: tinct.dev/v1
kind: Plan
metadata: { name: shop, revision: 1 }
${top}releases:
  my-service:
    stable: v1
${release}    services:
      my-service:
        host: my-service.shop.svc.cluster.local
        subsets: { ${subsets.join(', ')} }
    rules:
${rules.map((rule) => `      - ${rule}\n`).join('')}`;
}

/** A release `r<i>` that applies to these hosts and moves a service of its own. */
export function releaseText(i: number, hosts: readonly string[]): string {
  return `  r${i}: { stable: v1, scope: { hosts: [${hosts.join(', ')}] }, services: { s${i}: { host: s${i}, subsets: { v1: { version: v1 } } } } }\n`;
}

/** A plan of these releases. */
export function planWith(releases: string): string {
  return `apiVersion: tinct.dev/v1\nkind: Plan\nmetadata: { name: shop, revision: 1 }\nreleases:\n${releases}`;
}

/** The plan of a text that must have no errors. */
export function planOf(text: string): Plan {
  const { plan, findings } = parsePlan(text);
  if (plan === undefined) throw new Error(findings.map(formatFinding).join('\n'));
  return plan;
}

export function compiled(text: string, options?: CompileOptions): CompiledPlan {
  return compilePlan(planOf(text), options);
}

/** The only release of a plan. */
export function onlyRelease(text: string, options?: CompileOptions): CompiledRelease {
  const [release] = compiled(text, options).releases;
  if (release === undefined) throw new Error('the plan has no release');
  return release;
}
