/** Which state stood when, a band for each series. Pure. */
import { TimelineValueAlignment, VisibilityMode } from '@grafana/grafana-foundation-sdk/common';
import { MappingType } from '@grafana/grafana-foundation-sdk/dashboard';
import { PanelBuilder as StateTimelineBuilder } from '@grafana/grafana-foundation-sdk/statetimeline';
import type { States } from '../spec.ts';
import { HEIGHT, legend, SOURCE, target } from './common.ts';

export function states({ title, about, width, queries, states }: States): StateTimelineBuilder {
  const options = Object.fromEntries(
    states.map(({ value, text, color }, index) => [value, { text, color, index }]),
  );
  return new StateTimelineBuilder()
    .title(title)
    .description(about)
    .unit('none')
    .span(width)
    .height(HEIGHT.states)
    .datasource(SOURCE)
    .targets(queries.map(({ expr, legend }, i) => target(expr, legend, i).range()))
    .mappings([{ type: MappingType.ValueToText, options }])
    .showValue(VisibilityMode.Auto)
    .alignValue(TimelineValueAlignment.Left)
    .mergeValues(true)
    .rowHeight(0.8)
    .fillOpacity(80)
    .legend(legend([]));
}
