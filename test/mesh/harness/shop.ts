/** One plan and its routes, as most scenarios need them: a service with two versions behind a gateway. */
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { applicable, type CompiledPlan, compilePlan, explain, parsePlan } from '@tinct/core';
import { loadLists } from '@tinct/sdk';
import type { Mesh } from './mesh.ts';
import { folderOf, tinctDoes } from './tinct.ts';

export const HOST = 'shop.example';
export const COLOR = 'x-tinct-my-service';

export interface PlanParts {
  readonly revision?: number;
  readonly cohorts?: string;
  /** YAML, one rule a line. */
  readonly rules?: readonly string[];
  /** Default `istio-system/edge`. */
  readonly gateway?: string;
  /** More of the service, YAML. */
  readonly service?: string;
}

/** The release `my-service`: user 123 gets v2, everyone else v1, unless other rules are given. */
export const planText = ({
  revision = 1,
  cohorts = '{}',
  rules = ['{ users: ["123"], variant: v2 }'],
  gateway = 'istio-system/edge',
  service = '',
}: PlanParts = {}): string => `apiVersion: tinct.dev/v1
kind: Plan
metadata: { name: shop, revision: ${revision} }
identity:
  - { unit: user, header: user-id }
istio: { gateways: [${gateway}] }
cohorts: ${cohorts}
releases:
  my-service:
    stable: v1
    scope: { hosts: [${HOST}] }
    services:
      my-service:
        host: my-service.shop.svc.cluster.local
        subsets: { v1: { version: v1 }, v2: { version: v2 } }${service === '' ? '' : `\n        ${service}`}
    rules:
${rules.map((rule) => `      - ${rule}\n`).join('')}`;

export interface Plan {
  readonly folder: string;
  readonly file: string;
  /** What `tinct istio generate` makes of it. */
  routes(...flags: readonly string[]): Promise<string>;
}

let written = 0;

/** A plan in a folder of its own, with the files that lie beside it. */
export function writePlan(
  mesh: Mesh,
  text: string,
  files: Readonly<Record<string, string>> = {},
): Plan {
  written += 1;
  const folder = folderOf(mesh, `plan-${written}`, { 'plan.yaml': text, ...files });
  return {
    folder,
    file: join(folder, 'plan.yaml'),
    routes: (...flags) => tinctDoes(folder, 'istio', 'generate', 'plan.yaml', ...flags),
  };
}

/** What a plan says, read by nothing of the edge. */
export async function readPlan({ folder, file }: Plan): Promise<CompiledPlan> {
  const { plan } = parsePlan(readFileSync(file, 'utf8'), { file });
  if (plan === undefined) throw new Error('the plan has errors');
  return compilePlan(plan, { lists: await loadLists(plan, folder) });
}

/** Which version a user of the shop gets of its first release, as `tinct explain` has it. */
export function versionOf(plan: CompiledPlan, user: string): string {
  const [release] = applicable(plan, HOST, '/');
  if (release === undefined) throw new Error('no release applies');
  return explain(release, { units: { user }, now: 0 }).decision.variant;
}

/** A user's request for the shop. */
export const by = (user?: string, more: Readonly<Record<string, string | string[]>> = {}) => ({
  headers: { host: HOST, ...(user === undefined ? {} : { 'user-id': user }), ...more },
});

/** What a gateway gets from the edge: a color that was decided. */
export const colored = (version: string) => by(undefined, { [COLOR]: version });

/** A mesh with the versions of `my-service` behind a gateway, and a plan's routes in force. */
export async function openShop(mesh: Mesh, plan: Plan) {
  const [gateway, service, routes] = await Promise.all([
    mesh.gateway(),
    mesh.service('my-service', ['v1', 'v2']),
    plan.routes(),
  ]);
  await mesh.apply(routes);
  const isV2 = ({ version }: { version: string | undefined }) => version === 'v2';
  await mesh.waitRoute('v2 is reached', gateway.url, colored('v2'), isV2);
  return { gateway, service };
}
