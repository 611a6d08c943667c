/**
 * Grafana's dashboards of Tinct's series: for import, for provisioning from a folder, and as ConfigMaps for the sidecar of
 * Grafana's Helm chart. An entry of its own: Grafana's SDK is loaded by those who ask for dashboards. Pure.
 */
import type { Plan } from '@tinct/core';
import { OWN_LABELS } from '../documents/document.ts';
import { type RenderedFile, renderStream } from '../documents/render.ts';
import { NAMESPACE } from '../observe/files.ts';
import { dashboardOf } from './build.ts';
import { healthDashboard } from './health.ts';
import { overviewDashboard } from './overview.ts';
import { releaseDashboard } from './release.ts';
import type { DashboardSpec } from './spec.ts';

export const DASHBOARDS: readonly DashboardSpec[] = [
  overviewDashboard,
  releaseDashboard,
  healthDashboard,
];

const fileName = ({ uid }: DashboardSpec): string => `grafana-${uid.replace('tinct-', '')}.json`;

/** What the sidecar looks for. */
const LABELS = { ...OWN_LABELS, grafana_dashboard: '1' };

/** The same for every plan, but for the namespace of the ConfigMaps. */
export function grafanaFiles(plan: Plan): RenderedFile[] {
  const files = DASHBOARDS.map((spec) => ({
    name: fileName(spec),
    text: `${JSON.stringify(dashboardOf(spec), null, 2)}\n`,
  }));
  const namespace = plan.istio.namespace ?? NAMESPACE;
  const maps = DASHBOARDS.map(({ uid }, i) => ({
    apiVersion: 'v1',
    kind: 'ConfigMap',
    metadata: { name: `grafana-${uid}`, namespace, labels: LABELS },
    data: { [`${uid}.json`]: files[i]?.text ?? '' },
  }));
  return [...files, { name: 'grafana-dashboards.yaml', text: renderStream(maps) }];
}

export type { DashboardSpec, Marks, Panel, Query, Section } from './spec.ts';
