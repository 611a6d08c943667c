/** A table: each query is a column. Pure. */
import { ThresholdsMode } from '@grafana/grafana-foundation-sdk/dashboard';
import { PromQueryFormat } from '@grafana/grafana-foundation-sdk/prometheus';
import { PanelBuilder as TableBuilder } from '@grafana/grafana-foundation-sdk/table';
import type { Rows } from '../spec.ts';
import { HEIGHT, letter, SOURCE, target } from './common.ts';

export function rows({ title, about, width, queries, columns, formats, link }: Rows): TableBuilder {
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
