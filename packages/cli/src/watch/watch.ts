/** Asks a source again and again, and shows each picture: on a terminal in place, else as blocks or as lines of JSON. */
import { setTimeout as sleep } from 'node:timers/promises';
import { TinctError } from '@tinct/core/basics';
import type { ExitName } from '../frame/exit.ts';
import type { Session } from '../frame/session.ts';
import { jsonText } from '../text/json.ts';
import { pictureLines } from './lines.ts';
import { type Picture, pictureOf } from './picture.ts';
import { Screen } from './screen.ts';
import type { Source } from './source.ts';

export interface WatchOptions {
  readonly release: string;
  /** Milliseconds between two looks. */
  readonly every: number;
  readonly output: 'text' | 'json';
}

const NOTHING = { series: [], alerts: undefined, silent: [] };

/** Takes pictures; of a source that is lost, the last one, marked. */
function camera(source: Source, release: string, { now }: Session) {
  let last: Picture | undefined;
  return async (): Promise<Picture> => {
    try {
      const seen = await source.look();
      last = pictureOf(seen, { release, at: now() / 1000 });
      return last;
    } catch (error) {
      if (!(error instanceof TinctError)) throw error;
      const at = now() / 1000;
      const why = error.message;
      if (last === undefined)
        return pictureOf({ ...NOTHING, silent: [{ who: error.code, why }] }, { release, at });
      return { ...last, at, stale: { since: last.at, why } };
    }
  };
}

/** For programs: times as RFC 3339 has them. */
function plain({ at, analysisSince, ...rest }: Picture): Record<string, unknown> {
  const iso = (seconds: number) => new Date(seconds * 1000).toISOString();
  return {
    at: iso(at),
    ...rest,
    ...(analysisSince === undefined ? {} : { analysisSince: iso(analysisSince) }),
  };
}

/** One picture. `scrapes`: how many a source needs for rates; between two of them, `every`. */
export async function watchOnce(
  source: Source,
  { release, every, output, scrapes }: WatchOptions & { readonly scrapes: number },
  session: Session,
): Promise<ExitName> {
  const take = camera(source, release, session);
  let picture = await take();
  for (let i = 1; i < scrapes && picture.edges.length > 0; i += 1) {
    await sleep(every, undefined, { signal: session.signal });
    picture = await take();
  }
  const { out } = session;
  await out.write(
    output === 'json'
      ? jsonText(plain(picture))
      : `${pictureLines(picture, out.style).join('\n')}\n`,
  );
  return exitOf(picture);
}

function exitOf({ info, edges, alerts = [], disagree, silent }: Picture): ExitName {
  if (info === undefined) return 'inconclusive';
  const isFiring = alerts.some(({ state }) => state === 'firing');
  const isLost = silent.length > 0 || edges.some(({ lost }) => lost !== undefined);
  return isFiring || isLost || disagree ? 'findings' : 'fine';
}

/** Until the session is interrupted. */
export async function watchOn(
  source: Source,
  { release, every, output }: WatchOptions,
  session: Session,
): Promise<ExitName> {
  const { out, signal } = session;
  const take = camera(source, release, session);
  const screen = out.isTerminal && output === 'text' ? new Screen(out) : undefined;
  const ended = out.onResize(() => void screen?.again().catch(() => {}));
  try {
    while (!signal.aborted) {
      const picture = await take();
      if (signal.aborted) break;
      const lines = pictureLines(picture, out.style);
      if (output === 'json') await out.write(`${JSON.stringify(plain(picture))}\n`);
      else if (screen === undefined) await out.write(`${lines.join('\n')}\n\n`);
      else await screen.draw([...lines, '', out.style.dim('Ctrl-C ends it.')]);
      await sleep(every, undefined, { signal }).catch(() => {});
    }
  } catch (error) {
    if (!signal.aborted) throw error;
  } finally {
    ended();
    await screen?.leave();
  }
  return 'fine';
}
