/** Everything that a Prometheus, its operator and an Alertmanager are given, as files with settled bytes. Pure. */
import type { Plan } from '@tinct/core';
import { OWN_LABELS } from '../documents/document.ts';
import { type RenderedFile, renderDocument, renderStream } from '../documents/render.ts';
import { alertmanagerSample } from './alertmanager.ts';
import { alerts } from './alerts.ts';
import { istioGroups } from './istio.ts';
import { logFiles } from './logs/files.ts';
import { recordingGroups } from './recording.ts';
import {
  alertingRule,
  type ObserveOptions,
  type ObserveSettings,
  observeSettings,
  type RuleGroup,
} from './rule.ts';

/** Records before alerts: these read those. */
export function tinctGroups(settings: ObserveSettings): RuleGroup[] {
  const rules = alerts(settings).map((alert) => alertingRule(alert, settings));
  return [
    ...recordingGroups(settings),
    { name: 'tinct.alerts', interval: settings.window(30), rules },
  ];
}

const NOTE = (what: string): string =>
  `# ${what}\n# Made by \`tinct observe generate\`: the same for every plan, joined to what the edges say of theirs.\n`;

function metadata(name: string, namespace: string) {
  return { name, namespace, labels: OWN_LABELS };
}

function prometheusRule(name: string, namespace: string, groups: readonly RuleGroup[]): object {
  const kind = { apiVersion: 'monitoring.coreos.com/v1', kind: 'PrometheusRule' };
  return { ...kind, metadata: metadata(name, namespace), spec: { groups } };
}

/** The admin server's port, by the name that Tinct's own manifests give it. */
const PORT = 'http-admin';
const EDGES = { 'app.kubernetes.io/name': 'tinct' };

function monitors(namespace: string, settings: ObserveSettings): object[] {
  const endpoint = { port: PORT, path: '/metrics', interval: settings.window(15) };
  const api = { apiVersion: 'monitoring.coreos.com/v1' };
  const selector = { matchLabels: EDGES };
  return [
    {
      ...{ ...api, kind: 'ServiceMonitor', metadata: metadata('tinct-edges', namespace) },
      spec: { selector, endpoints: [endpoint] },
    },
    {
      ...{ ...api, kind: 'PodMonitor', metadata: metadata('tinct-edges', namespace) },
      spec: { selector, podMetricsEndpoints: [endpoint] },
    },
  ];
}

/** Where a plan says nothing of it. */
export const NAMESPACE = 'monitoring';

/** By what each file is for; names never change. */
export function observeFiles(plan: Plan, options: ObserveOptions = {}): RenderedFile[] {
  const settings = observeSettings(options);
  const namespace = plan.istio.namespace ?? NAMESPACE;
  const [own, istio] = [tinctGroups(settings), istioGroups(settings)];
  const [service, pod] = monitors(namespace, settings);
  const rules = (what: string, groups: readonly RuleGroup[]) =>
    NOTE(what) + renderDocument({ groups });
  return [
    {
      name: 'tinct.rules.yaml',
      text: rules('Rules over the series of Tinct’s edges and services.', own),
    },
    {
      name: 'tinct-istio.rules.yaml',
      text: rules('Rules over Istio’s own series, for those without Tinct’s edge.', istio),
    },
    {
      name: 'prometheus-rule.yaml',
      text: renderStream([
        prometheusRule('tinct', namespace, own),
        prometheusRule('tinct-istio', namespace, istio),
      ]),
    },
    { name: 'service-monitor.yaml', text: renderDocument(service ?? {}) },
    { name: 'pod-monitor.yaml', text: renderDocument(pod ?? {}) },
    { name: 'alertmanager.yaml', text: alertmanagerSample(plan, settings) },
    ...logFiles(plan),
  ];
}
