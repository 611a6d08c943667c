/** What people read of new errors. */
import type { ErrorReport, NewError } from '@tinct/core/watching';
import type { Style } from '../frame/printer.ts';
import { counted, visible, whole } from '../text/words.ts';
import type { Answer } from './client.ts';

function linesOf(error: NewError, style: Style): string {
  const { verdict, variant, count, type, message, route, frame, sample, traceId } = error;
  const mark = verdict === 'new' ? style.red('new   ') : style.dim('unsure');
  const where = [route, frame].filter((part) => part !== undefined).join(', in ');
  const trace = traceId === undefined ? '' : `, trace ${traceId}`;
  return [
    `${mark}  ${visible(`${variant}  ${whole(count)}×  ${type}: ${message}`)}\n`,
    ...(where === '' ? [] : [`        ${visible(where)}\n`]),
    `        ${style.dim(visible(`first: ${JSON.stringify(sample)}${trace}`))}\n`,
  ].join('');
}

export function errorsText(
  release: string,
  stable: string,
  found: readonly NewError[],
  { requests, dropped }: ErrorReport,
  style: Style,
): string {
  const kinds = counted(found.length, 'kind of error', 'kinds of error');
  const heard = Object.entries(requests).map(([name, count]) => `${name} ${whole(count)}`);
  return [
    `${visible(release)}: ${kinds} that ${visible(stable)} has not had\n`,
    ...found.map((error) => linesOf(error, style)),
    `requests: ${visible(heard.join(', ') || 'none')}\n`,
    ...(dropped === 0 ? [] : [`not kept, for want of room: ${whole(dropped)}\n`]),
  ].join('');
}

export const silentText = (answers: readonly Answer[], style: Style): string =>
  answers.map(({ url, text }) => `${style.red('no answer')}  ${url}  ${visible(text)}\n`).join('');
