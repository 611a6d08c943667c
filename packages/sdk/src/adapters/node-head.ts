/** What is added to a response's head, at the last moment: frameworks clear headers when they answer with an error. */
import type { OutgoingHttpHeaders, ServerResponse } from 'node:http';
import { markHead, type ResponseHead } from '../caching/mark.ts';
import type { Entered } from '../inbound/incoming.ts';

type Given = OutgoingHttpHeaders | readonly (string | number | readonly string[])[] | undefined;
type Answer = Pick<Entered, 'responseHeaders' | 'marking'>;

/** Headers that `writeHead` was given, as if they had been set before. */
function absorb(res: ServerResponse, given: Given): void {
  if (given === undefined) return;
  if (!Array.isArray(given)) {
    for (const [name, value] of Object.entries(given as OutgoingHttpHeaders))
      if (value !== undefined) res.setHeader(name, value);
    return;
  }
  const flat = given.flat() as string[];
  for (let i = 0; i < flat.length; i += 2) res.removeHeader(`${flat[i]}`);
  for (let i = 0; i + 1 < flat.length; i += 2) res.appendHeader(`${flat[i]}`, `${flat[i + 1]}`);
}

function headOf(res: ServerResponse): ResponseHead {
  const text = (value: number | string | readonly string[] | undefined) =>
    value === undefined ? undefined : `${Array.isArray(value) ? value.join(', ') : value}`;
  return {
    names: () => res.getHeaderNames(),
    get: (name) => text(res.getHeader(name)),
    set: (name, value) => void res.setHeader(name, value),
    remove: (name) => res.removeHeader(name),
  };
}

function dress(res: ServerResponse, { responseHeaders, marking }: Answer): void {
  for (const [name, value] of responseHeaders)
    if (name === 'set-cookie') res.appendHeader(name, value);
    else res.setHeader(name, value);
  if (marking !== undefined) markHead(headOf(res), marking);
}

/** The common case, one header more: no header is copied twice. */
function withOne(
  res: ServerResponse,
  given: Given,
  [name, value]: readonly [string, string],
): Given {
  if (given === undefined) return void res.setHeader(name, value);
  if (!Array.isArray(given)) return { ...(given as OutgoingHttpHeaders), [name]: value };
  return Array.isArray(given[0]) ? [...given, [name, value]] : [...given, name, value];
}

/** What is left for Node's own `writeHead` to do. */
function dressed(res: ServerResponse, given: Given, answer: Answer): Given {
  const { responseHeaders, marking } = answer;
  const [only, ...more] = responseHeaders;
  const isPlain = only !== undefined && more.length === 0 && only[0] !== 'set-cookie';
  if (isPlain && marking === undefined) return withOne(res, given, only);
  absorb(res, given);
  dress(res, answer);
  return undefined;
}

type WriteHead = (status: number, reason?: string | Given, headers?: Given) => ServerResponse;

/** Dresses a response when its head is written. Over HTTP/2 nobody says when that is: there at once. */
export function dressHead(res: ServerResponse, answer: Answer): void {
  if (answer.responseHeaders.length === 0 && answer.marking === undefined) return;
  if ('stream' in res) return dress(res, answer);
  const writeHead = res.writeHead as WriteHead;
  const dressing: WriteHead = (status, reason, headers) => {
    res.writeHead = writeHead as ServerResponse['writeHead'];
    const hasReason = typeof reason === 'string';
    const left = dressed(res, hasReason ? headers : (headers ?? reason), answer);
    return hasReason
      ? writeHead.call(res, status, reason, left)
      : writeHead.call(res, status, left);
  };
  res.writeHead = dressing as ServerResponse['writeHead'];
}
