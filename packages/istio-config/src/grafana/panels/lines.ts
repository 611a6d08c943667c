/** Lines over time. Pure. */
import {
  GraphThresholdsStyleConfigBuilder,
  GraphThresholdsStyleMode,
  LineInterpolation,
  LineStyleBuilder,
  SortOrder,
  StackingConfigBuilder,
  StackingMode,
  TooltipDisplayMode,
  VisibilityMode,
  VizTooltipOptionsBuilder,
} from '@grafana/grafana-foundation-sdk/common';
import { PanelBuilder as TimeseriesBuilder } from '@grafana/grafana-foundation-sdk/timeseries';
import type { Lines, Query } from '../spec.ts';
import { fixed, HEIGHT, legend, SOURCE, target, thresholdsOf } from './common.ts';

/** The canary stands out, control is the ground, what is promised is a dashed line. */
const COLORS: Readonly<Record<string, string>> = {
  '/canary|^real$/': '#FF780A',
  '/control|^nominal$/': '#5794F2',
  '/^other/': '#8E8E8E',
};

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

/** How far an axis goes at least, by unit: where all is 0, Grafana would draw it up to 100 of whatever it is. */
const AT_LEAST: Readonly<Record<string, number>> = { percentunit: 0.01, s: 0.01 };

function scaled(panel: TimeseriesBuilder, { unit, max, decimals, isSigned }: Lines): void {
  if (!isSigned) panel.min(0);
  if (max === undefined) panel.axisSoftMax(AT_LEAST[unit] ?? 1);
  else panel.max(max);
  if (decimals !== undefined) panel.decimals(decimals);
}

/** Lines over time. */
export function lines(spec: Lines): TimeseriesBuilder {
  const { title, about, unit, width, queries, thresholds, isStep, isStacked } = spec;
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
    .legend(legend(['lastNotNull']))
    .tooltip(
      new VizTooltipOptionsBuilder().mode(TooltipDisplayMode.Multi).sort(SortOrder.Descending),
    );
  dressed(panel, queries);
  scaled(panel, spec);
  if (isStacked) panel.stacking(new StackingConfigBuilder().mode(StackingMode.Normal));
  if (thresholds !== undefined)
    panel
      .thresholds(thresholdsOf(thresholds))
      .thresholdsStyle(new GraphThresholdsStyleConfigBuilder().mode(GraphThresholdsStyleMode.Line));
  return panel;
}
