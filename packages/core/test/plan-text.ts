/** A small valid plan as text, with places for what a test is about. */

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
