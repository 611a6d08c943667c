import { type IncomingHttpHeaders, IncomingMessage } from 'node:http';
import { NameTable } from '../name-table.ts';

/** What Node's server itself asks for, and the question of a WebSocket. */
const ASKED: readonly string[] = [
  'host',
  'expect',
  'upgrade',
  'connection',
  'content-length',
  'transfer-encoding',
];
const table = new NameTable((name) => ASKED.find((known) => known === name.toLowerCase()));

function headersOf(raw: readonly string[]): IncomingHttpHeaders {
  const headers: Record<string, string> = {};
  for (let i = 0; i + 1 < raw.length; i += 2) {
    const name = table.kindOf(raw[i] as string, i >> 1);
    if (name === undefined) continue;
    const before = headers[name];
    headers[name] = before === undefined ? `${raw[i + 1]}` : `${before}, ${raw[i + 1]}`;
  }
  return headers;
}

/**
 * A request whose `headers` hold only what Node's server looks at: everything else is read from `rawHeaders`, and
 * an object of all of them would be built for nobody.
 */
export class Http1Message extends IncomingMessage {
  #headers: IncomingHttpHeaders | undefined;

  static {
    // In Node it is an accessor too; its types have a property.
    Object.defineProperty(Http1Message.prototype, 'headers', {
      get(this: Http1Message): IncomingHttpHeaders {
        this.#headers ??= headersOf(this.rawHeaders);
        return this.#headers;
      },
    });
  }
}
