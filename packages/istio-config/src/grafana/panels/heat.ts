/** How many requests took how long, over time. Pure. */
import { AxisPlacement } from '@grafana/grafana-foundation-sdk/common';
import {
  PanelBuilder as HeatmapBuilder,
  HeatmapColorMode,
  HeatmapColorOptionsBuilder,
  HeatmapColorScale,
  YAxisConfigBuilder,
} from '@grafana/grafana-foundation-sdk/heatmap';
import { PromQueryFormat } from '@grafana/grafana-foundation-sdk/prometheus';
import type { Heat } from '../spec.ts';
import { HEIGHT, SOURCE, target } from './common.ts';

export function heat({ title, about, unit, width, queries }: Heat): HeatmapBuilder {
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
