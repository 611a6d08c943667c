/** Where things stand in a chart. */

export type Xy = readonly [x: number, y: number];

export interface Area {
  readonly left: number;
  readonly top: number;
  readonly width: number;
  readonly height: number;
}

export interface Frame {
  readonly area: Area;
  readonly x: (value: number) => number;
  readonly y: (value: number) => number;
}

const round = (value: number): number => Math.round(value * 10) / 10;

/** Maps values to places; `y` grows upwards. */
export function frame(area: Area, [x0, x1]: Xy, [y0, y1]: Xy): Frame {
  const share = (value: number, low: number, high: number) => (value - low) / (high - low || 1);
  return {
    area,
    x: (value) => round(area.left + area.width * share(value, x0, x1)),
    y: (value) => round(area.top + area.height * (1 - share(value, y0, y1))),
  };
}

const corners = (to: Frame, points: readonly Xy[]): string =>
  points.map(([x, y]) => `${to.x(x)},${to.y(y)}`).join(' L');

export const linePath = (to: Frame, points: readonly Xy[]): string => `M${corners(to, points)}`;

/** Between two lines. */
export const bandPath = (to: Frame, upper: readonly Xy[], lower: readonly Xy[]): string =>
  `M${corners(to, upper)} L${corners(to, lower.toReversed())} Z`;

/** Round values from `low` to `high`, about `count` of them: steps of 1, 2 or 5 times a power of ten. */
export function ticks(low: number, high: number, count: number): number[] {
  const rough = (high - low) / count;
  const power = 10 ** Math.floor(Math.log10(rough));
  const step = [1, 2, 5, 10].map((factor) => factor * power).find((each) => each >= rough) ?? rough;
  const first = Math.ceil(low / step);
  return Array.from({ length: Math.floor(high / step + 1e-9) - first + 1 }, (_, i) =>
    Number(((first + i) * step).toPrecision(6)),
  );
}
