/**
 * Draws a dashboard of `tinct observe generate` from the results of its own queries, to look at it without a Grafana:
 *
 *     node scripts/panels.ts monitoring/grafana-release.json http://127.0.0.1:9090 my-service FROM TO > panels.svg
 *
 * FROM and TO are times as RFC 3339 has them. Lines, numbers and heat maps stand where Grafana would put them; tables are left out.
 */
import { readFileSync } from 'node:fs';
import { frame, linePath, ticks, type Xy } from '../packages/cli/src/analysis/chart.ts';

interface Target {
  readonly expr: string;
  readonly legendFormat: string;
}
interface Panel {
  readonly type: string;
  readonly title: string;
  readonly gridPos: Record<'x' | 'y' | 'w' | 'h', number>;
  readonly targets?: readonly Target[];
  readonly fieldConfig?: { readonly defaults: { readonly unit?: string } };
  readonly options?: { readonly textMode?: string };
}
interface Series {
  readonly name: string;
  readonly points: readonly Xy[];
}

const [file = '', prometheus = '', release = '', from = '', to = ''] = process.argv.slice(2);
const [start, end] = [Date.parse(from) / 1000, Date.parse(to) / 1000];
const STEP = Math.max(1, Math.round((end - start) / 240));
const [COLUMN, ROW, GAP] = [60, 26, 6];
const PALETTE = ['#73BF69', '#F2CC0C', '#8AB8FF', '#B877D9', '#FF9830', '#96D98D', '#CA95E5'];

const filled = (expr: string): string =>
  expr.replaceAll('$release', release).replaceAll('$__rate_interval', `${Math.max(30, STEP)}s`);

async function rangeOf(
  expr: string,
): Promise<{ metric: Record<string, string>; values: [number, string][] }[]> {
  const query = new URLSearchParams({
    ...{ query: expr, step: `${STEP}` },
    ...{ start: `${start}`, end: `${end}` },
  });
  const answer = await fetch(`${prometheus}/api/v1/query_range?${query}`);
  return ((await answer.json()) as { data: { result: [] } }).data.result;
}

async function seriesOf({ expr, legendFormat }: Target): Promise<Series[]> {
  return (await rangeOf(filled(expr))).map(({ metric, values }) => ({
    name: legendFormat.replace(/\{\{(\w+)\}\}/g, (_, label: string) => metric[label] ?? ''),
    points: values
      .map(([at, value]): Xy => [at, Number(value)])
      .filter(([, value]) => Number.isFinite(value)),
  }));
}

const escaped = (text: string) => text.replace(/&/g, '&amp;').replace(/</g, '&lt;');
const text = (x: number, y: number, said: string, size = 11, color = '#ccccdc', more = '') =>
  `<text x="${x}" y="${y}" font-size="${size}" fill="${color}" ${more}>${escaped(said)}</text>`;

function valueText(value: number, unit: string): string {
  if (unit === 'percentunit') return `${Number((100 * value).toPrecision(3))} %`;
  if (unit === 's' && value < 1) return `${Number((1000 * value).toPrecision(3))} ms`;
  const ends: Record<string, string> = { s: ' s', reqps: ' req/s', cps: '/s' };
  return `${Number(value.toPrecision(3))}${ends[unit] ?? ''}`;
}

function colorOf(name: string, i: number): string {
  if (/objective/.test(name)) return '#F2495C';
  if (/canary|^real$/.test(name)) return '#FF780A';
  if (/control|^nominal$/.test(name)) return '#5794F2';
  if (/^other/.test(name)) return '#8E8E8E';
  return PALETTE[i % PALETTE.length] ?? '';
}

interface Box {
  readonly left: number;
  readonly top: number;
  readonly width: number;
  readonly height: number;
}

function linesIn(all: readonly Series[], unit: string, box: Box): string {
  const values = all.flatMap(({ points }) => points.map(([, value]) => value));
  const [low, high] = [Math.min(0, ...values), Math.max(1e-6, ...values) * 1.05];
  const inner = {
    left: box.left + 58,
    top: box.top + 28,
    width: box.width - 70,
    height: box.height - 66,
  };
  const to = frame(inner, [start, end], [low, high]);
  const grid = ticks(low, high, 4).map(
    (value) =>
      `<line x1="${inner.left}" x2="${inner.left + inner.width}" y1="${to.y(value)}" y2="${to.y(value)}" stroke="#2c3235"/>` +
      text(
        inner.left - 6,
        to.y(value) + 4,
        valueText(value, unit),
        10,
        '#8e8e8e',
        'text-anchor="end"',
      ),
  );
  const drawn = all.map(({ name, points }, i) => {
    const dash = /objective/.test(name) ? 'stroke-dasharray="8 6"' : '';
    return `<path d="${linePath(to, points)}" fill="none" stroke="${colorOf(name, i)}" stroke-width="${/p50$/.test(name) ? 1 : 2}" ${dash}/>`;
  });
  let x = inner.left;
  const legend = all.slice(0, 8).map(({ name, points }, i) => {
    const said = `${name} ${valueText(points.at(-1)?.[1] ?? 0, unit)}`;
    const entry = `<rect x="${x}" y="${box.top + box.height - 16}" width="10" height="3" fill="${colorOf(name, i)}"/>${text(x + 14, box.top + box.height - 11, said, 10)}`;
    x += 26 + 6 * said.length;
    return entry;
  });
  const hours = ticks(0, end - start, 5).map((offset) =>
    text(
      to.x(start + offset),
      inner.top + inner.height + 13,
      new Date(1000 * (start + offset)).toISOString().slice(11, 16),
      10,
      '#8e8e8e',
      'text-anchor="middle"',
    ),
  );
  return [...grid, ...drawn, ...hours, ...legend].join('');
}

/** Buckets hold all that is faster, too: what is in each alone is the difference. */
function heatIn(all: readonly Series[], box: Box): string {
  const rows = all
    .map(({ name, points }) => ({
      bound: name === '+Inf' ? Number.POSITIVE_INFINITY : Number(name),
      points: new Map(points),
    }))
    .sort((a, b) => a.bound - b.bound);
  const inner = {
    left: box.left + 58,
    top: box.top + 28,
    width: box.width - 70,
    height: box.height - 40,
  };
  const [wide, high] = [(inner.width * STEP) / (end - start), inner.height / rows.length];
  const cells = rows.flatMap(({ points }, i) =>
    [...points].map(([at, upTo]) => ({ i, at, value: upTo - (rows[i - 1]?.points.get(at) ?? 0) })),
  );
  const most = Math.max(1e-9, ...cells.map(({ value }) => value));
  const y = (i: number) => inner.top + inner.height - (i + 1) * high;
  return [
    ...cells
      .filter(({ value }) => value > 0)
      .map(({ i, at, value }) => {
        const x = inner.left + (inner.width * (at - start)) / (end - start);
        return `<rect x="${x.toFixed(1)}" y="${y(i).toFixed(1)}" width="${(wide + 0.3).toFixed(1)}" height="${(high + 0.3).toFixed(1)}" fill="#FF780A" fill-opacity="${Math.sqrt(value / most).toFixed(2)}"/>`;
      }),
    ...rows.flatMap(({ bound }, i) =>
      i % 5 === 0 && Number.isFinite(bound)
        ? [
            text(
              inner.left - 6,
              y(i) + 4,
              valueText(bound, 's'),
              10,
              '#8e8e8e',
              'text-anchor="end"',
            ),
          ]
        : [],
    ),
  ].join('');
}

function numberIn(all: readonly Series[], panel: Panel, unit: string, box: Box): string {
  const [first] = all;
  const value = first?.points.at(-1)?.[1];
  const said = panel.options?.textMode === 'name' ? first?.name : value && valueText(value, unit);
  return text(
    box.left + box.width / 2,
    box.top + box.height / 2 + 18,
    String(said ?? '–'),
    24,
    '#ffffff',
    'text-anchor="middle"',
  );
}

async function drawn(panel: Panel): Promise<string> {
  const { x, y, w, h } = panel.gridPos;
  const box = {
    left: x * COLUMN + GAP,
    top: y * ROW + GAP,
    width: w * COLUMN - GAP,
    height: h * ROW - GAP,
  };
  if (panel.type === 'row')
    return text(box.left, box.top + 15, panel.title, 14, '#ffffff', 'font-weight="bold"');
  const all = (await Promise.all((panel.targets ?? []).map(seriesOf))).flat();
  const unit = panel.fieldConfig?.defaults.unit ?? 's';
  const inside =
    panel.type === 'timeseries'
      ? linesIn(all, unit, box)
      : panel.type === 'heatmap'
        ? heatIn(all, box)
        : numberIn(all, panel, unit, box);
  const back = `<rect x="${box.left}" y="${box.top}" width="${box.width}" height="${box.height}" fill="#181b1f" stroke="#2c3235"/>`;
  return back + text(box.left + 8, box.top + 17, panel.title, 12) + inside;
}

const { panels } = JSON.parse(readFileSync(file, 'utf8')) as { panels: readonly Panel[] };
const height = Math.max(...panels.map(({ gridPos: { y, h } }) => (y + h) * ROW)) + GAP;
const width = 24 * COLUMN + GAP;
// One after the other: Prometheus answers at most so many at once.
const parts: string[] = [];
for (const panel of panels) parts.push(await drawn(panel));
process.stdout.write(
  `<svg xmlns="http://www.w3.org/2000/svg" width="${width}" height="${height}" font-family="Inter, Helvetica, sans-serif"><rect width="${width}" height="${height}" fill="#111217"/>${parts.join('\n')}</svg>\n`,
);
