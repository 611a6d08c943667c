/** Specifications → Grafana's dashboards, by its own SDK. Pure. */
import {
  AxisPlacement,
  BigValueColorMode,
  BigValueGraphMode,
  BigValueTextMode,
  GraphThresholdsStyleConfigBuilder,
  GraphThresholdsStyleMode,
  LegendDisplayMode,
  LegendPlacement,
  LineInterpolation,
  LineStyleBuilder,
  ReduceDataOptionsBuilder,
  SortOrder,
  StackingConfigBuilder,
  StackingMode,
  TooltipDisplayMode,
  VisibilityMode,
  VizLegendOptionsBuilder,
  VizTooltipOptionsBuilder,
} from '@grafana/grafana-foundation-sdk/common';
import {
  AnnotationQueryBuilder,
  type Dashboard,
  DashboardBuilder,
  DashboardCursorSync,
  DashboardLinkBuilder,
  DashboardLinkType,
  DatasourceVariableBuilder,
  FieldColorModeId,
  QueryVariableBuilder,
  RowBuilder,
  ThresholdsConfigBuilder,
  ThresholdsMode,
  VariableRefresh,
  VariableSort,
} from '@grafana/grafana-foundation-sdk/dashboard';
import {
  PanelBuilder as HeatmapBuilder,
  HeatmapColorMode,
  HeatmapColorOptionsBuilder,
  HeatmapColorScale,
  YAxisConfigBuilder,
} from '@grafana/grafana-foundation-sdk/heatmap';
import { DataqueryBuilder, PromQueryFormat } from '@grafana/grafana-foundation-sdk/prometheus';
import { PanelBuilder as StatBuilder } from '@grafana/grafana-foundation-sdk/stat';
import { PanelBuilder as TableBuilder } from '@grafana/grafana-foundation-sdk/table';
import { PanelBuilder as TimeseriesBuilder } from '@grafana/grafana-foundation-sdk/timeseries';
import { SERIES } from '@tinct/core';
import type {
  DashboardSpec,
  Heat,
  Lines,
  Marks,
  Number as NumberSpec,
  Panel,
  Query,
  Rows,
  Thresholds,
} from './spec.ts';

const SOURCE = { type: 'prometheus', uid: '$datasource' };
const TAG = 'tinct';
const HEIGHT = { lines: 8, number: 4, heat: 8, rows: 9 } as const;

/** The canary stands out, control is the ground, what is promised is a dashed line. */
const COLORS: Readonly<Record<string, string>> = {
  '/canary|^real$/': '#FF780A',
  '/control|^nominal$/': '#5794F2',
  '/^other/': '#8E8E8E',
};

const letter = (i: number): string => String.fromCharCode(65 + i);

function target(expr: string, legend: string, i: number): DataqueryBuilder {
  return new DataqueryBuilder().refId(letter(i)).datasource(SOURCE).expr(expr).legendFormat(legend);
}

const thresholdsOf = (thresholds: Thresholds): ThresholdsConfigBuilder =>
  new ThresholdsConfigBuilder()
    .mode(ThresholdsMode.Absolute)
    .steps(thresholds.map(([value, color]) => ({ value, color })));

const fixed = (color: string) => ({
  id: 'color',
  value: { mode: FieldColorModeId.Fixed, fixedColor: color },
});

/** Looks that go by a line's name, where there are such names. */
function dressed(panel: TimeseriesBuilder, queries: readonly Query[]): void {
  const has = (part: RegExp) => queries.some(({ legend }) => part.test(legend));
  if (has(/\{\{arm\}\}|nominal/))
    for (const [pattern, color] of Object.entries(COLORS))
      panel.overrideByRegexp(pattern, [fixed(color)]);
  if (has(/p50/)) panel.overrideByRegexp('/p50$/', [{ id: 'custom.lineWidth', value: 1 }]);
  if (has(/objective/))
    panel.overrideByName('objective', [
      fixed('#F2495C'),
      { id: 'custom.lineStyle', value: new LineStyleBuilder().fill('dash').dash([8, 6]).build() },
      { id: 'custom.fillOpacity', value: 0 },
    ]);
}

function lines(spec: Lines): TimeseriesBuilder {
  const { title, about, unit, width, queries, thresholds, max, isStep, isStacked, isSigned } = spec;
  const panel = new TimeseriesBuilder()
    .title(title)
    .description(about)
    .unit(unit)
    .span(width)
    .height(HEIGHT.lines)
    .datasource(SOURCE)
    .targets(queries.map(({ expr, legend }, i) => target(expr, legend, i).range()))
    .lineWidth(2)
    .fillOpacity(isStacked ? 30 : 5)
    .lineInterpolation(isStep ? LineInterpolation.StepAfter : LineInterpolation.Linear)
    .showPoints(VisibilityMode.Never)
    .legend(
      new VizLegendOptionsBuilder()
        .displayMode(LegendDisplayMode.List)
        .placement(LegendPlacement.Bottom)
        .showLegend(true)
        .calcs(['lastNotNull']),
    )
    .tooltip(
      new VizTooltipOptionsBuilder().mode(TooltipDisplayMode.Multi).sort(SortOrder.Descending),
    );
  dressed(panel, queries);
  if (!isSigned) panel.min(0);
  if (isStacked) panel.stacking(new StackingConfigBuilder().mode(StackingMode.Normal));
  if (max !== undefined) panel.max(max);
  if (thresholds !== undefined)
    panel
      .thresholds(thresholdsOf(thresholds))
      .thresholdsStyle(new GraphThresholdsStyleConfigBuilder().mode(GraphThresholdsStyleMode.Line));
  return panel;
}

const ONE_COLOR: Thresholds = [[null, 'text']];

function number(spec: NumberSpec): StatBuilder {
  const { title, about, unit, width, queries, thresholds = ONE_COLOR, decimals, isName } = spec;
  const panel = new StatBuilder()
    .title(title)
    .description(about)
    .unit(unit)
    .noValue('–')
    .span(width)
    .height(HEIGHT.number)
    .datasource(SOURCE)
    .targets(queries.map(({ expr, legend }, i) => target(expr, legend, i).instant()))
    .thresholds(thresholdsOf(thresholds))
    .colorMode(BigValueColorMode.Value)
    .graphMode(BigValueGraphMode.None)
    .textMode(isName ? BigValueTextMode.Name : BigValueTextMode.Value)
    .reduceOptions(new ReduceDataOptionsBuilder().calcs(['lastNotNull']));
  return decimals === undefined ? panel : panel.decimals(decimals);
}

function heat({ title, about, unit, width, queries }: Heat): HeatmapBuilder {
  return new HeatmapBuilder()
    .title(title)
    .description(about)
    .span(width)
    .height(HEIGHT.heat)
    .datasource(SOURCE)
    .targets(
      queries.map(({ expr, legend }, i) =>
        target(expr, legend, i).format(PromQueryFormat.Heatmap).range(),
      ),
    )
    .calculate(false)
    .color(
      new HeatmapColorOptionsBuilder()
        .mode(HeatmapColorMode.Scheme)
        .scheme('Oranges')
        .scale(HeatmapColorScale.Exponential)
        .exponent(0.5)
        .steps(64),
    )
    .yAxis(new YAxisConfigBuilder().unit(unit).axisPlacement(AxisPlacement.Left))
    .hideLegend();
}

function rows({ title, about, width, queries, columns, formats, link }: Rows): TableBuilder {
  const named = Object.fromEntries(queries.map(({ legend }, i) => [`Value #${letter(i)}`, legend]));
  const indexByName = Object.fromEntries(
    columns.map((column, i) => [
      Object.entries(named).find(([, legend]) => legend === column)?.[0] ?? column,
      i,
    ]),
  );
  const hidden = Object.entries(named).filter(([, legend]) => !columns.includes(legend));
  const excludeByName = Object.fromEntries(
    ['Time', ...hidden.map(([name]) => name)].map((name) => [name, true]),
  );
  const panel = new TableBuilder()
    .title(title)
    .description(about)
    .span(width)
    .height(HEIGHT.rows)
    .noValue('–')
    .datasource(SOURCE)
    .targets(
      queries.map(({ expr, legend }, i) =>
        target(expr, legend, i).format(PromQueryFormat.Table).instant(),
      ),
    )
    .transformations([
      { id: 'merge', options: {} },
      { id: 'organize', options: { excludeByName, indexByName, renameByName: named } },
    ]);
  for (const [name, { unit, red }] of Object.entries(formats))
    panel.overrideByName(name, [{ id: 'unit', value: unit }, ...reddened(red)]);
  if (link !== undefined) {
    const { column, title: text, url } = link;
    panel.overrideByName(column, [{ id: 'links', value: [{ title: text, url }] }]);
  }
  return panel;
}

function reddened(from: number | undefined) {
  if (from === undefined) return [];
  const steps = [
    { value: null, color: 'transparent' },
    { value: from, color: 'red' },
  ];
  return [
    { id: 'thresholds', value: { mode: ThresholdsMode.Absolute, steps } },
    { id: 'custom.cellOptions', value: { type: 'color-background' } },
  ];
}

function panelOf(panel: Panel) {
  if (panel.kind === 'lines') return lines(panel);
  if (panel.kind === 'number') return number(panel);
  return panel.kind === 'heat' ? heat(panel) : rows(panel);
}

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
