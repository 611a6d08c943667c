/** What panels of every kind have. Pure. */
import {
  LegendDisplayMode,
  LegendPlacement,
  VizLegendOptionsBuilder,
} from '@grafana/grafana-foundation-sdk/common';
import {
  FieldColorModeId,
  ThresholdsConfigBuilder,
  ThresholdsMode,
} from '@grafana/grafana-foundation-sdk/dashboard';
import { DataqueryBuilder } from '@grafana/grafana-foundation-sdk/prometheus';
import type { Thresholds } from '../spec.ts';

/** The Prometheus that the dashboard's variable names. */
export const SOURCE = { type: 'prometheus', uid: '$datasource' };

/** In rows of Grafana's grid. */
export const HEIGHT = { lines: 8, number: 4, heat: 8, rows: 9, states: 8 } as const;

/** What Grafana calls the i-th query of a panel. */
export const letter = (i: number): string => String.fromCharCode(65 + i);

export function target(expr: string, legend: string, i: number): DataqueryBuilder {
  return new DataqueryBuilder().refId(letter(i)).datasource(SOURCE).expr(expr).legendFormat(legend);
}

export const thresholdsOf = (thresholds: Thresholds): ThresholdsConfigBuilder =>
  new ThresholdsConfigBuilder()
    .mode(ThresholdsMode.Absolute)
    .steps(thresholds.map(([value, color]) => ({ value, color })));

export const fixed = (color: string) => ({
  id: 'color',
  value: { mode: FieldColorModeId.Fixed, fixedColor: color },
});

/** Names below, with what `calcs` says of each. */
export const legend = (calcs: string[]): VizLegendOptionsBuilder =>
  new VizLegendOptionsBuilder()
    .displayMode(LegendDisplayMode.List)
    .placement(LegendPlacement.Bottom)
    .showLegend(true)
    .calcs(calcs);
