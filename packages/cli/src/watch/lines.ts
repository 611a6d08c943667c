/** A picture as people read it: what is wrong first, then canary beside control, then whether to trust it. */

import { evidenceText } from '../analysis/words.ts';
import type { Style } from '../frame/printer.ts';
import { columns, indented } from '../text/table.ts';
import { counted, measuredText, visible, whole } from '../text/words.ts';
import type { EdgePicture } from './edges.ts';
import type { Count, Exposure, PeoplePicture } from './people.ts';
import type { AlertPicture, ArmPicture, Picture, VerdictPicture } from './picture.ts';

const NOTHING = '–';

const clock = (seconds: number): string => new Date(seconds * 1000).toISOString().slice(11, 19);

function ago(seconds: number): string {
  if (seconds < 120) return `${Math.max(0, Math.round(seconds))} s`;
  if (seconds < 7200) return `${Math.round(seconds / 60)} min`;
  return seconds < 172_800
    ? `${Math.round(seconds / 3600)} h`
    : `${Math.round(seconds / 86_400)} d`;
}

function rateText(rate: number | undefined): string {
  if (rate === undefined) return NOTHING;
  return rate < 100 ? rate.toFixed(1) : whole(Math.round(rate));
}

const percent = (share: number | undefined): string =>
  share === undefined ? NOTHING : measuredText(share);

function time(seconds: number | undefined): string {
  if (seconds === undefined) return NOTHING;
  if (seconds >= 1) return `${seconds.toFixed(2)} s`;
  return `${(1000 * seconds).toFixed(seconds < 0.01 ? 1 : 0)} ms`;
}

/** What several edges count together is estimated from their sketches, else it lies between two numbers. */
function countText({ least, most, estimate }: Count): string {
  if (estimate !== undefined) return `~${whole(estimate)}`;
  return least === most ? whole(least) : `${whole(least)}–${whole(most)}`;
}

const times = (a: number | undefined, b: number | undefined): string =>
  a === undefined || b === undefined || a === 0 || b === 0 ? '' : `${(a / b).toFixed(1)} ×`;

const HEAD = ['', '', 'req/s', 'errors', '4xx', 'p50', 'p95', 'p99', 'users', 'with errors'];
const ALIGNS = ['left', 'left', ...HEAD.slice(2).map(() => 'right' as const)] as const;

const isOfTotal = (picture: Picture, arm: string, variant: string): boolean =>
  picture.arms.find((each) => each.arm === arm)?.variant === variant;

function row(each: ArmPicture, picture: Picture): string[] {
  // People are counted per arm, not per version in it: they stand in the arm's first line.
  const people = isOfTotal(picture, each.arm, each.variant)
    ? picture.people.find(({ arm }) => arm === each.arm)
    : undefined;
  return [
    each.arm === 'other' ? 'others' : each.arm,
    visible(each.variant),
    rateText(each.rate),
    percent(each.errorRatio),
    percent(each.refusedRatio),
    ...[each.p50, each.p95, each.p99].map(time),
    ...peopleCells(people),
  ];
}

const peopleCells = (people: PeoplePicture | undefined): string[] =>
  people === undefined ? ['', ''] : [countText(people.units), countText(people.affected)];

/** How many times control's the canary's numbers are; where there is one version in each. */
function comparison({ arms }: Picture): string[][] {
  const [canary, ...more] = arms.filter(({ arm }) => arm === 'canary');
  const control = arms.find(({ arm }) => arm === 'control');
  if (canary === undefined || control === undefined || more.length > 0) return [];
  const pairs = [
    [canary.errorRatio, control.errorRatio],
    [canary.refusedRatio, control.refusedRatio],
    [canary.p50, control.p50],
    [canary.p95, control.p95],
    [canary.p99, control.p99],
  ] as const;
  const cells = pairs.map(([a, b]) => times(a, b));
  return cells.every((cell) => cell === '') ? [] : [['', '', '', ...cells]];
}

/** The table; lines with errors that stand out are red, everyone else's are dim: they are no comparison. */
function table(picture: Picture, style: Style): string[] {
  const { arms } = picture;
  const compared = arms.filter(({ arm }) => arm !== 'other');
  const others = arms.filter(({ arm, requests }) => arm === 'other' && requests > 0);
  const ratio = comparison(picture);
  const rows = [
    HEAD,
    ...compared.map((each) => row(each, picture)),
    ...ratio,
    ...others.map((each) => row(each, picture)),
  ];
  const quiet = rows.length - others.length;
  return columns(rows, [...ALIGNS]).map((line, i) =>
    i === 0 || i >= quiet || (ratio.length > 0 && i === quiet - 1) ? style.dim(line) : line,
  );
}

function title(picture: Picture, style: Style): string {
  const { release, info, at, window } = picture;
  const said =
    info === undefined ? [] : [stateText(info.state, style), `stable ${visible(info.stable)}`];
  const owner = info?.owner ? [visible(info.owner)] : [];
  return [style.bold(release), ...said, ...owner, `${clock(at)}Z`, `last ${ago(window)}`].join(
    '  ',
  );
}

const stateText = (state: string, style: Style): string =>
  state === 'aborted' ? style.red(state) : visible(state);

/** Edges that disagree, and all else that somebody should look at first. */
function warnings(picture: Picture, style: Style): string[] {
  return [
    ...[...unheardText(picture), ...wrongText(picture)].map((text) => `${style.red('!')} ${text}`),
    ...blindText(picture).map((text) => `${style.yellow('!')} ${text}`),
  ];
}

/** Who did not answer, and how old its numbers are. */
function unheardText({ stale, edges, silent, at }: Picture): string[] {
  const lost = edges.filter((edge) => edge.lost !== undefined);
  const old = lost.map(
    ({ name, lost: since }) =>
      `${visible(name)}: ${visible(since?.why ?? '')}; its numbers are ${ago(at - (since?.since ?? at))} old`,
  );
  if (stale !== undefined)
    return [
      `stale: numbers of ${clock(stale.since)}Z, ${ago(at - stale.since)} old: ${visible(stale.why)}`,
      ...old,
    ];
  const unheard = silent.filter(({ who }) => !lost.some(({ name }) => name === who));
  return [...old, ...unheard.map(({ who, why }) => `${visible(who)}: ${visible(why)}`)];
}

/** What edges have seen that should not be. */
function wrongText({ edges, disagree, served, flips }: Picture): string[] {
  const answers = counted(Math.round(served.mismatch), 'request was', 'requests were');
  return [
    ...(disagree ? [`edges disagree on the revision: ${revisionsText(edges)}`] : []),
    ...edges
      .filter(({ refusesPlan }) => refusesPlan)
      .map(({ name }) => `${visible(name)} refuses the plan that it read last`),
    ...(served.mismatch > 0 ? [`${answers} answered by another version than assigned`] : []),
    ...(flips.flips > 0
      ? [`${counted(Math.round(flips.flips), 'flip')} that nothing explains`]
      : []),
  ];
}

/** What cannot be seen. */
function blindText({ window, alerts, edges, unknownRate }: Picture): string[] {
  return [
    ...(window === 0 && alerts !== undefined && edges.length > 0
      ? ['there are not two scrapes within the window: a longer --window shows rates']
      : []),
    ...(unknownRate > 0
      ? [
          `${rateText(unknownRate)} requests/s carry its color and do not say whether its service answered: not counted`,
        ]
      : []),
  ];
}

function alertLines(alerts: readonly AlertPicture[], style: Style, at: number): string[] {
  return alerts.map(({ name, severity, state, since, summary }) => {
    const paint =
      state !== 'firing' ? style.dim : severity === 'critical' ? style.red : style.yellow;
    const age = Date.parse(since) / 1000;
    const known = Number.isFinite(age) ? ` for ${ago(at - age)}` : '';
    return `${paint(`${state} ${visible(name)}`)}${known}  ${visible(summary)}`;
  });
}

function revisionsText(edges: readonly EdgePicture[]): string {
  const heard = edges.filter(({ lost }) => lost === undefined);
  const by = Map.groupBy(heard, ({ revision }) => revision);
  return [...by]
    .toSorted(([a], [b]) => b - a)
    .map(([revision, each]) =>
      by.size === 1
        ? `${revision}`
        : `${revision} at ${each.map(({ name }) => visible(name)).join(', ')}`,
    )
    .join('; ');
}

const VERDICT_COLORS: Readonly<Record<string, 'green' | 'red'>> = { pass: 'green', fail: 'red' };

function verdictText({ verdict, convicted, evidenceLog }: VerdictPicture, style: Style): string {
  const paint = style[VERDICT_COLORS[verdict] ?? 'yellow'];
  const by = convicted.length === 0 ? [] : [`by ${visible(convicted.join(', '))}`];
  const evidence =
    evidenceLog === undefined ? [] : [`evidence that it is worse ${evidenceText(evidenceLog)}`];
  return [paint(visible(verdict)), ...by, ...evidence].join(', ');
}

function exposureText({ nominal, real, units, variants }: Exposure): string {
  const people = variants.map(
    ({ variant, units: count }) => `${visible(variant)} ${countText(count)}`,
  );
  const came = `came back: ${people.join(', ') || 'nobody'}`;
  if (nominal === undefined) return `no percentage; ${came}`;
  return `${percent(nominal)} by the plan, ${percent(real)} of ${countText(units)} users in fact; ${came}`;
}

const togetherText = ({ edges, error }: NonNullable<Picture['together']>): string =>
  `of ${edges} edges together, each counted once: right to ${percent(error)}`;

/** Whether the numbers above are of the right users. */
function trust(picture: Picture, style: Style): string[] {
  const { exposure, together, flips, served, edges } = picture;
  const { disagree, alerts, analysisSince, at } = picture;
  const { match, mismatch, unknown } = served;
  const heard = edges.filter(({ lost }) => lost === undefined).length;
  const shown = (count: number) => whole(Math.round(count));
  return columns([
    ['exposure', exposureText(exposure)],
    ...(together === undefined ? [] : [['users', togetherText(together)]]),
    ['flips', `${shown(flips.flips)} in ${shown(flips.compared)} decisions for known users`],
    ['served', `${shown(match)} as assigned, ${shown(mismatch)} not, ${shown(unknown)} unknown`],
    [
      'revision',
      disagree ? revisionsText(edges) : `${revisionsText(edges)}, at ${counted(heard, 'edge')}`,
    ],
    ...(analysisSince === undefined ? [] : [['analysis', `for ${ago(at - analysisSince)}`]]),
    ...(picture.verdict === undefined ? [] : [['verdict', verdictText(picture.verdict, style)]]),
    ['alerts', alertsText(alerts)],
  ]);
}

function alertsText(alerts: Picture['alerts']): string {
  if (alerts === undefined) return 'unknown to edges: ask --prometheus';
  const firing = alerts.filter(({ state }) => state === 'firing').length;
  const pending = alerts.length - firing;
  return firing + pending === 0 ? 'none' : `${firing} firing, ${pending} pending`;
}

function unknownText({ release, edges, alerts }: Picture): string {
  if (edges.length > 0) return `No edge knows a release \`${visible(release)}\`.`;
  return alerts === undefined
    ? 'Nothing is known yet.'
    : 'Prometheus has nothing of Tinct’s edges within the window: it does not scrape them, or less often.';
}

/** All lines of a picture. */
export function pictureLines(picture: Picture, style: Style): string[] {
  const { arms, alerts, at, info } = picture;
  const news = [...alertLines(alerts ?? [], style, at), ...warnings(picture, style)];
  const body =
    info === undefined && arms.length === 0
      ? [unknownText(picture)]
      : [...table(picture, style), '', ...trust(picture, style)];
  return [
    title(picture, style),
    ...(news.length === 0 ? [] : ['', ...indented(news)]),
    '',
    ...indented(body),
  ];
}
