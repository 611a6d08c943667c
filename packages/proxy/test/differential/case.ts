/** One exchange of the differential test: what a client sends, and what the service answers. */
import type { Field, Framing } from './wire.ts';

export interface Body {
  readonly framing: Framing;
  readonly bytes: string;
  /** Sizes of the chunks, used in turn. */
  readonly chunks: readonly number[];
  /** Behind each chunk's size. */
  readonly extension: string;
  readonly trailers: readonly Field[];
}

export interface RequestCase {
  readonly method: string;
  readonly target: string;
  readonly version: '1.0' | '1.1';
  readonly fields: readonly Field[];
  readonly body: Body;
  /** Whether the client waits for `100 Continue`. */
  readonly expects: boolean;
  /** Where the bytes are cut into pieces, as shares of the whole. */
  readonly cuts: readonly number[];
}

export interface ResponseCase {
  readonly status: number;
  readonly reason: string;
  readonly version: '1.0' | '1.1';
  readonly hints: readonly (readonly Field[])[];
  readonly fields: readonly Field[];
  readonly body: Body;
  readonly closes: boolean;
  /** The share of the body after which the service breaks off. */
  readonly breaksAt: number | undefined;
}

export interface Case {
  readonly request: RequestCase;
  readonly response: ResponseCase;
}

/** The header by which the service knows which answer is wanted. */
export const CASE_HEADER = 'X-Case';

export const linesOf = (fields: readonly Field[]): string =>
  fields.map(([name, value]) => `${name}:${value}\r\n`).join('');

function chunked({ bytes, chunks, extension, trailers }: Body): string {
  let text = '';
  for (let at = 0, i = 0; at < bytes.length; i += 1) {
    const size = Math.max(1, chunks[i % Math.max(1, chunks.length)] ?? 1000);
    const chunk = bytes.slice(at, at + size);
    // Capitals and zeros in front are as good.
    const digits = chunk.length.toString(16);
    text += `${i % 2 === 0 ? digits.toUpperCase() : `0${digits}`}${extension}\r\n${chunk}\r\n`;
    at += size;
  }
  return `${text}0\r\n${linesOf(trailers)}\r\n`;
}

const framed = (body: Body): string => (body.framing === 'chunked' ? chunked(body) : body.bytes);

function framingFields({ framing, bytes }: Body): Field[] {
  if (framing === 'chunked') return [['Transfer-Encoding', ' chunked']];
  return framing === 'length' ? [['Content-Length', ` ${bytes.length}`]] : [];
}

/** The request's head and its body, as bytes. */
export function requestText(
  request: RequestCase,
  id: number,
): readonly [head: string, body: string] {
  const { method, target, version, fields, body, expects } = request;
  const more: Field[] = [...framingFields(body), [CASE_HEADER, ` ${id}`]];
  if (expects) more.push(['Expect', ' 100-continue']);
  const head = `${method} ${target} HTTP/${version}\r\n${linesOf([...fields, ...more])}\r\n`;
  return [head, body.framing === 'none' ? '' : framed(body)];
}

const isBodiless = (method: string, status: number): boolean =>
  method === 'HEAD' || status === 204 || status === 304;

/** The service's answer, as bytes, and whether the connection ends with it. */
export function responseText(
  response: ResponseCase,
  method: string,
): { readonly text: string; readonly ends: boolean } {
  const { status, reason, version, hints, fields, body, closes, breaksAt } = response;
  const early = hints.map((hint) => `HTTP/1.1 103 Early Hints\r\n${linesOf(hint)}\r\n`).join('');
  const close: Field[] = closes ? [['Connection', ' close']] : [];
  const given = status === 204 ? [] : framingFields(body);
  const head = `HTTP/${version} ${status} ${reason}\r\n${linesOf([...fields, ...given, ...close])}\r\n`;
  if (isBodiless(method, status)) return { text: early + head, ends: closes };
  const whole = framed(body);
  const breaks = breaksAt !== undefined && body.framing !== 'close' && whole.length > 1;
  const sent = breaks ? whole.slice(0, Math.floor(breaksAt * (whole.length - 1))) : whole;
  return { text: early + head + sent, ends: closes || breaks || body.framing === 'close' };
}
