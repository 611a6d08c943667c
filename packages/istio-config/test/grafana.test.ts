/** Dashboards as files: settled bytes, metrics that exist, panels that lie side by side and say what they show. */
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { parsePlan, SERIES } from '@tinct/core';
import t from 'tap';
import { parseAllDocuments } from 'yaml';
import { grafanaFiles } from '../src/grafana/index.ts';
import { ROOT } from './observe-tools.ts';

interface Target {
  readonly expr: string;
  readonly refId: string;
  readonly legendFormat: string;
  readonly datasource: { readonly uid: string };
}
interface Panel {
  readonly id: number;
  readonly type: string;
  readonly title: string;
  readonly description?: string;
  readonly gridPos: Record<'x' | 'y' | 'w' | 'h', number>;
  readonly targets?: readonly Target[];
  readonly fieldConfig?: {
    readonly defaults: { readonly unit?: string };
    readonly overrides: readonly { readonly properties: readonly { readonly id: string }[] }[];
  };
}
interface Dashboard {
  readonly uid: string;
  readonly schemaVersion: number;
  readonly panels: readonly Panel[];
  readonly annotations: { readonly list: readonly { readonly expr: string }[] };
  readonly templating: {
    readonly list: readonly { readonly name: string; readonly type: string }[];
  };
}

const { plan } = parsePlan(readFileSync(join(ROOT, 'examples/quickstart/plan.yaml'), 'utf8'));
const files = () => (plan === undefined ? [] : grafanaFiles(plan));
const dashboards = files()
  .filter(({ name }) => name.endsWith('.json'))
  .map(({ text }): Dashboard => JSON.parse(text));

t.test('the same plan gives the same bytes', async (t) => {
  t.equal(dashboards.length, 3);
  t.strictSame(files(), files());
});

t.test('the ConfigMaps hold the same, for the sidecar', async (t) => {
  const maps = parseAllDocuments(files().find(({ name }) => name.endsWith('.yaml'))?.text ?? '');
  const read = maps.map((map) => map.toJS());
  for (const map of read)
    t.match(map, { kind: 'ConfigMap', metadata: { labels: { grafana_dashboard: '1' } } });
  t.strictSame(
    read.flatMap(({ data }) => Object.values<string>(data).map((text) => JSON.parse(text))),
    dashboards,
  );
});

/** What Prometheus has of itself. */
const OF_PROMETHEUS = ['ALERTS', 'scrape_duration_seconds'];
const LABELS = /\{[^}]*\}|by \([^)]*\)|on \([^)]*\)|group_left \([^)]*\)|\[[^\]]*\]/g;
const WORDS = new Set(
  'sum max min count rate time vector histogram_quantile by on and or'.split(' '),
);

/** Names of metrics in PromQL, without the ends that histograms' series have. */
const namesIn = (expr: string): string[] =>
  [...expr.replace(LABELS, ' ').matchAll(/[a-zA-Z_]\w*/g)]
    .map(([name]) => name.replace(/_(bucket|count|sum)$/, ''))
    .filter((name) => !WORDS.has(name));

for (const { uid, schemaVersion, panels, annotations, templating } of dashboards) {
  t.test(uid, async (t) => {
    t.equal(schemaVersion, 42);
    const known = new Set([...Object.values(SERIES).map(({ name }) => name), ...OF_PROMETHEUS]);
    const exprs = [...panels.flatMap(({ targets = [] }) => targets), ...annotations.list].map(
      ({ expr }) => expr,
    );
    t.ok(exprs.length > 0);
    for (const name of new Set(exprs.flatMap(namesIn))) t.ok(known.has(name), name);
    t.match(templating.list[0], { name: 'datasource', type: 'datasource' });
    const chosen = exprs.some((expr) => expr.includes('$release'));
    t.equal(
      templating.list.some(({ name }) => name === 'release'),
      chosen,
    );
    t.equal(new Set(panels.map(({ id }) => id)).size, panels.length, 'ids differ');
    for (const panel of panels.filter(({ type }) => type !== 'row')) {
      t.ok(panel.description, `${panel.title}: says what it means`);
      for (const { legendFormat, datasource } of panel.targets ?? []) {
        t.ok(legendFormat, `${panel.title}: a legend`);
        t.equal(datasource.uid, '$datasource');
      }
      const { defaults, overrides } = panel.fieldConfig ?? { defaults: {}, overrides: [] };
      const units = overrides.flatMap(({ properties }) =>
        properties.filter(({ id }) => id === 'unit'),
      );
      t.ok(
        defaults.unit ?? (units.length > 0 || panel.type === 'heatmap'),
        `${panel.title}: a unit`,
      );
    }
  });

  t.test(`${uid}: no panel covers another`, async (t) => {
    const cells = panels.flatMap(({ gridPos: { x, y, w, h } }) => {
      t.ok(x + w <= 24);
      return Array.from({ length: w * h }, (_, i) => `${x + (i % w)} ${y + Math.floor(i / w)}`);
    });
    t.equal(new Set(cells).size, cells.length);
  });
}

t.test('every state of a band has a name, and alerts are one mark however many fire', async (t) => {
  const bands = dashboards
    .flatMap(({ panels }) => panels)
    .filter(({ type }) => type === 'state-timeline');
  t.ok(bands.length > 0);
  for (const { title, fieldConfig } of bands)
    t.match(fieldConfig?.defaults, { mappings: [{ type: 'value' }] }, title);
  const marks = dashboards.flatMap(({ annotations }) => annotations.list);
  for (const { expr } of marks.filter(({ expr }) => expr.includes('ALERTS')))
    t.match(expr, /^max\(ALERTS/, 'each more would shade all panels once more');
});

t.test('an aborted release has no share of users on its dashboards', async (t) => {
  const asked = dashboards.flatMap(({ panels }) => panels.flatMap(({ targets = [] }) => targets));
  const shares = asked.filter(({ expr }) => expr.includes(SERIES.canaryRatio.name));
  t.ok(shares.length > 2);
  for (const { expr } of shares) t.ok(expr.includes(SERIES.aborted.name), expr);
});
