/** Specifications → Grafana's dashboards, by its own SDK. Pure. */
import {
  AnnotationQueryBuilder,
  type Dashboard,
  DashboardBuilder,
  DashboardCursorSync,
  DashboardLinkBuilder,
  DashboardLinkType,
  DatasourceVariableBuilder,
  QueryVariableBuilder,
  RowBuilder,
  VariableRefresh,
  VariableSort,
} from '@grafana/grafana-foundation-sdk/dashboard';
import { SERIES } from '@tinct/core';
import { SOURCE } from './panels/common.ts';
import { panelOf } from './panels/index.ts';
import type { DashboardSpec, Marks } from './spec.ts';

const TAG = 'tinct';

function marksOf({ name, color, expr, title, isTime }: Marks): AnnotationQueryBuilder {
  return new AnnotationQueryBuilder()
    .name(name)
    .datasource(SOURCE)
    .enable(true)
    .iconColor(color)
    .expr(expr)
    .titleFormat(title)
    .useValueForTime(isTime);
}

const datasource = new DatasourceVariableBuilder('datasource')
  .label('Prometheus')
  .type('prometheus');

const release = () =>
  new QueryVariableBuilder('release')
    .label('Release')
    .datasource(SOURCE)
    .query({
      query: `label_values(${SERIES.releaseInfo.name}, release)`,
      refId: 'release',
    })
    .refresh(VariableRefresh.OnTimeRangeChanged)
    .sort(VariableSort.AlphabeticalAsc);

/** The dashboard as Grafana imports it. Without an id: its `uid` is what stays. */
export function dashboardOf(spec: DashboardSpec): Dashboard {
  const { uid, title, about, isOfRelease, sections, marks } = spec;
  const dashboard = new DashboardBuilder(title)
    .uid(uid)
    .description(about)
    .tags([TAG])
    .timezone('browser')
    .time({ from: 'now-1h', to: 'now' })
    .refresh('30s')
    .tooltip(DashboardCursorSync.Crosshair)
    .withVariable(datasource)
    .link(
      new DashboardLinkBuilder('Tinct')
        .type(DashboardLinkType.Dashboards)
        .tags([TAG])
        .asDropdown(true)
        .includeVars(true)
        .keepTime(true),
    );
  if (isOfRelease) dashboard.withVariable(release());
  for (const each of marks) dashboard.annotation(marksOf(each));
  for (const section of sections) {
    dashboard.withRow(new RowBuilder(section.title));
    for (const panel of section.panels) dashboard.withPanel(panelOf(panel));
  }
  return numbered(dashboard.build());
}

/** Grafana wants ids that differ within a dashboard. */
function numbered(dashboard: Dashboard): Dashboard {
  const panels = dashboard.panels?.map((panel, i) => ({ ...panel, id: i + 1 }));
  return panels === undefined ? dashboard : { ...dashboard, panels };
}
