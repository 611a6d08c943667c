/** An analysis as a picture: evidence over time with its thresholds, and each arm's errors with their confidence band. SVG, without scripts. */
import {
  type AnalysisPoint,
  type AnalysisReport,
  type ArmPoint,
  VERDICT_REASONS,
} from '@tinct/core/watching';
import { wrapped } from '../text/table.ts';
import { bandPath, type Frame, frame, linePath, ticks, type Xy } from './chart.ts';
import { durationText } from './words.ts';

const [WIDTH, HEIGHT] = [900, 700];
const LEFT = 80;
/** Of both panels. */
const PANEL = { left: LEFT, width: WIDTH - LEFT - 40, height: 210 };
const COLORS = {
  canary: '#c2410c',
  control: '#1d4ed8',
  pass: '#15803d',
  ink: '#1f2937',
  faint: '#d1d5db',
};
/** More points than this nobody sees. */
const MOST_POINTS = 500;
const DECADE = Math.LN10;

export function plotOf(release: string, report: AnalysisReport): string {
  const points = thinned(report.history);
  const start = report.start ?? points[0]?.at ?? 0;
  const end = Math.max(start + 1, points.at(-1)?.at ?? start + 1);
  const head = `${escaped(release)}: ${report.verdict}${report.failedAt === undefined ? '' : ` after ${durationText(report.failedAt - start)}`}`;
  const body =
    points.length === 0
      ? text(40, 140, 'Nothing was measured.', 16)
      : evidencePanel(report, points, start, end) + errorsPanel(points, start, end);
  const height = points.length === 0 ? 170 : HEIGHT;
  return `<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 ${WIDTH} ${height}" width="${WIDTH}" height="${height}" font-family="system-ui, sans-serif" role="img" aria-label="${head}">
<rect width="${WIDTH}" height="${height}" fill="white"/>
${text(40, 34, head, 20, COLORS.ink, 'bold')}
${whyLines(report)}
${body}</svg>
`;
}

/** The reasons, as the paragraph has them. */
const whyLines = ({ reasons }: AnalysisReport): string =>
  wrapped(reasons.map((reason) => VERDICT_REASONS[reason]).join('; '), 120)
    .slice(0, 3)
    .map((line, i) => text(40, 58 + 18 * i, escaped(line), 13))
    .join('\n');

function thinned(history: readonly AnalysisPoint[]): AnalysisPoint[] {
  const every = Math.ceil(history.length / MOST_POINTS);
  return history.filter((_, i) => i % every === 0 || i === history.length - 1);
}

function evidencePanel(
  { settings, failedAt }: AnalysisReport,
  points: readonly AnalysisPoint[],
  start: number,
  end: number,
): string {
  const threshold = Math.log(1 / settings.alpha) / DECADE;
  const logs = points.flatMap(({ logWorse, logNotWorse }) =>
    [logWorse, logNotWorse].map((log) => log / DECADE),
  );
  const low = Math.max(-6, Math.floor(Math.min(-1, ...logs)));
  const high = Math.min(12, Math.ceil(Math.max(2, ...logs)));
  const box = frame({ ...PANEL, top: 160 }, [start, end], [low, high]);
  const line = (of: (point: AnalysisPoint) => number): Xy[] =>
    points.map((point) => [point.at, Math.max(low, Math.min(high, of(point) / DECADE))] as const);
  const bound = 1 / settings.alpha;
  return [
    title(box, 'Evidence, as a factor: how much more it is than chance would give'),
    ...axes(
      box,
      start,
      end,
      steps(low, high).map((log) => [log, powerOfTen(log)] as const),
    ),
    dashed(box, threshold, COLORS.ink, `${Math.round(bound)}: enough`),
    path(
      linePath(
        box,
        line(({ logWorse }) => logWorse),
      ),
      COLORS.canary,
    ),
    path(
      linePath(
        box,
        line(({ logNotWorse }) => logNotWorse),
      ),
      COLORS.pass,
    ),
    failedAt === undefined ? '' : vertical(box, failedAt, COLORS.canary, 'fail'),
    legend(box, [
      [COLORS.canary, `that the canary is worse than ${settings.tolerance} times control`],
      [COLORS.pass, `that its errors are below ${settings.margin} times, or the bound`],
    ]),
  ].join('\n');
}

function errorsPanel(points: readonly AnalysisPoint[], start: number, end: number): string {
  // The bands of the first minutes are as wide as the world: the scale is that of the end.
  const last = points.at(-1);
  const most = Math.max(
    last?.canary.interval[1] ?? 0,
    last?.control.interval[1] ?? 0,
    ...points
      .slice(Math.floor(points.length / 4))
      .flatMap(({ canary, control }) => [canary.share, control.share]),
  );
  const high = Math.min(1, Math.max(0.001, 1.25 * most));
  const box = frame({ ...PANEL, top: 450 }, [start, end], [0, high]);
  const arm = (color: string, of: (point: AnalysisPoint) => ArmPoint) => {
    const clip = (value: number) => Math.min(high, value);
    // Before the first request there is no share to draw.
    const known = points.filter((point) => of(point).interval[1] - of(point).interval[0] < 1);
    if (known.length === 0) return '';
    const upper = known.map((point): Xy => [point.at, clip(of(point).interval[1])]);
    const lower = known.map((point): Xy => [point.at, clip(of(point).interval[0])]);
    const line = known.map((point): Xy => [point.at, clip(of(point).share)]);
    return `<path d="${bandPath(box, upper, lower)}" fill="${color}" fill-opacity="0.15"/>\n${path(linePath(box, line), color)}`;
  };
  return [
    title(box, 'Requests that failed since the start, with a 95 % band that holds at all times'),
    ...axes(
      box,
      start,
      end,
      ticks(0, high, 5).map(
        (share) => [share, `${Number((100 * share).toPrecision(3))} %`] as const,
      ),
    ),
    arm(COLORS.control, ({ control }) => control),
    arm(COLORS.canary, ({ canary }) => canary),
    legend(box, [
      [COLORS.canary, 'canary'],
      [COLORS.control, 'control'],
    ]),
  ].join('\n');
}

const steps = (low: number, high: number): number[] => {
  const by = Math.max(1, Math.ceil((high - low) / 6));
  return Array.from({ length: Math.floor((high - low) / by) + 1 }, (_, i) => low + i * by);
};

const powerOfTen = (log: number): string =>
  log >= 0 && log <= 4 ? String(10 ** log) : log >= -2 && log < 0 ? String(10 ** log) : `1e${log}`;

/** What times on the axis are counted in. */
function unitOf(seconds: number): { readonly seconds: number; readonly name: string } {
  if (seconds < 180) return { seconds: 1, name: 's' };
  return seconds < 3 * 3600 ? { seconds: 60, name: 'min' } : { seconds: 3600, name: 'h' };
}

function axes(
  box: Frame,
  start: number,
  end: number,
  marks: readonly (readonly [value: number, label: string])[],
): string[] {
  const { left, top, width, height } = box.area;
  const unit = unitOf(end - start);
  return [
    ...marks.map(([value, label]) => {
      const y = box.y(value);
      return `<line x1="${left}" x2="${left + width}" y1="${y}" y2="${y}" stroke="${COLORS.faint}"/>\n${text(left - 8, y + 4, label, 12, COLORS.ink, 'normal', 'end')}`;
    }),
    ...ticks(0, (end - start) / unit.seconds, 6).map((count) =>
      text(
        box.x(start + unit.seconds * count),
        top + height + 18,
        `${count} ${unit.name}`,
        12,
        COLORS.ink,
        'normal',
        'middle',
      ),
    ),
  ];
}

/** Its label stands on it, at its end. */
function dashed(box: Frame, value: number, color: string, label: string): string {
  const { left, width } = box.area;
  const y = box.y(value);
  return `<line x1="${left}" x2="${left + width}" y1="${y}" y2="${y}" stroke="${color}" stroke-dasharray="6 4"/>\n${text(left + 6, y - 5, label, 12, color)}`;
}

/** Its label stands on that side where there is room. */
function vertical(box: Frame, at: number, color: string, label: string): string {
  const { left, top, width, height } = box.area;
  const x = box.x(at);
  const isLate = x > left + width - 50;
  return `<line x1="${x}" x2="${x}" y1="${top}" y2="${top + height}" stroke="${color}" stroke-dasharray="2 3"/>\n${text(isLate ? x - 4 : x + 4, top + 12, label, 12, color, 'bold', isLate ? 'end' : 'start')}`;
}

const title = ({ area }: Frame, label: string): string => text(area.left, area.top - 36, label, 14);

/** In a row above the panel. A letter is some seven wide. */
function legend(
  { area }: Frame,
  entries: readonly (readonly [color: string, label: string])[],
): string {
  let x = area.left;
  const parts = entries.map(([color, label]) => {
    const [at, y] = [x, area.top - 14];
    x += 48 + 6.6 * label.length;
    return `<rect x="${at}" y="${y - 6}" width="16" height="4" fill="${color}"/>\n${text(at + 22, y, label, 13)}`;
  });
  return parts.join('\n');
}

const path = (d: string, color: string): string =>
  `<path d="${d}" fill="none" stroke="${color}" stroke-width="2"/>`;

function text(
  x: number,
  y: number,
  content: string,
  size: number,
  color: string = COLORS.ink,
  weight = 'normal',
  anchor = 'start',
): string {
  return `<text x="${round(x)}" y="${round(y)}" font-size="${size}" fill="${color}" font-weight="${weight}" text-anchor="${anchor}">${content}</text>`;
}

const round = (value: number): number => Math.round(value * 10) / 10;

const ENTITIES: Readonly<Record<string, string>> = {
  '&': '&amp;',
  '<': '&lt;',
  '>': '&gt;',
  '"': '&quot;',
};
const escaped = (given: string): string =>
  given.replace(/[&<>"]/g, (character) => ENTITIES[character] ?? '');
