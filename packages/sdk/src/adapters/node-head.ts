/** What is added to a response's head, at the last moment: frameworks clear headers when they answer with an error. */
import { type OutgoingHttpHeaders, ServerResponse } from 'node:http';
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

/** The one header that is added in the common case; then no header is copied twice. */
function onlyHeader({ responseHeaders, marking }: Answer): readonly [string, string] | undefined {
  if (responseHeaders.length !== 1 || marking !== undefined) return undefined;
  const only = responseHeaders[0];
  return only?.[0] === 'set-cookie' ? undefined : only;
}

function withOne(res: ServerResponse, given: Given, one: readonly [string, string]): Given {
  if (given === undefined) return void res.setHeader(one[0], one[1]);
  if (!Array.isArray(given)) return { ...(given as OutgoingHttpHeaders), [one[0]]: one[1] };
  return Array.isArray(given[0]) ? [...given, one] : [...given, one[0], one[1]];
}

/** What is left for Node's own `writeHead` to do. */
function dressed(res: ServerResponse, given: Given, answer: Answer): Given {
  const one = onlyHeader(answer);
  if (one !== undefined) return withOne(res, given, one);
  absorb(res, given);
  dress(res, answer);
  return undefined;
}

type Res = ServerResponse & { [ANSWER]?: Answer | undefined };
type WriteHead = (this: Res, status: number, reason?: string | Given, headers?: Given) => Res;

const ANSWER = Symbol('tinct.answer');
/** What writes heads wherever nobody has put a function of their own in its place. */
const usual = ServerResponse.prototype.writeHead as WriteHead;

/** Shared by all responses. Each is dressed once: a head that is written twice is Node's to refuse. */
const dressing: WriteHead = function (status, reason, headers) {
  const answer = this[ANSWER];
  if (answer === undefined) return usual.call(this, status, reason, headers);
  this[ANSWER] = undefined;
  return write(usual, answer, this, status, reason, headers);
};

function write(
  writeHead: WriteHead,
  answer: Answer,
  res: Res,
  status: number,
  reason: string | Given,
  headers: Given,
): Res {
  if (typeof reason === 'string')
    return writeHead.call(res, status, reason, dressed(res, headers, answer));
  return writeHead.call(res, status, dressed(res, headers ?? reason, answer));
}

/** Around somebody else's function, which is put back when it was called. */
function wrap(res: Res, answer: Answer): void {
  const writeHead = res.writeHead as WriteHead;
  const wrapped: WriteHead = (status, reason, headers) => {
    res.writeHead = writeHead as Res['writeHead'];
    return write(writeHead, answer, res, status, reason, headers);
  };
  res.writeHead = wrapped as Res['writeHead'];
}

/** Dresses a response when its head is written. Over HTTP/2 nobody says when that is: there at once. */
export function dressHead(res: Res, answer: Answer): void {
  if (answer.responseHeaders.length === 0 && answer.marking === undefined) return;
  if ('stream' in res) return dress(res, answer);
  if ((res.writeHead as WriteHead) !== usual) return wrap(res, answer);
  res[ANSWER] = answer;
  res.writeHead = dressing as Res['writeHead'];
}
