/** One number, large. Pure. */
import {
  BigValueColorMode,
  BigValueGraphMode,
  BigValueTextMode,
  ReduceDataOptionsBuilder,
} from '@grafana/grafana-foundation-sdk/common';
import { PanelBuilder as StatBuilder } from '@grafana/grafana-foundation-sdk/stat';
import type { Number as NumberSpec, Thresholds } from '../spec.ts';
import { HEIGHT, SOURCE, target, thresholdsOf } from './common.ts';

const ONE_COLOR: Thresholds = [[null, 'text']];

export function number(spec: NumberSpec): StatBuilder {
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
