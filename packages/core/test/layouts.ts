/** The same document in many manners of writing, with the place of each value: what a change of it may touch. */

export type Value = string | number | readonly Value[] | { readonly [key: string]: Value };

/** Where a value stands, without its quotes. */
export interface Slot {
  readonly start: number;
  readonly end: number;
}

export interface Layout {
  readonly text: string;
  /** `releases.r.rules.0.percent` → its place. */
  readonly slots: ReadonlyMap<string, Slot>;
}

/** A repeatable source of choices (mulberry32). */
export function choices(seed: number): (count: number) => number {
  let state = seed | 0;
  return (count) => {
    state = (state + 0x6d2b79f5) | 0;
    let t = Math.imul(state ^ (state >>> 15), 1 | state);
    t = (t + Math.imul(t ^ (t >>> 7), 61 | t)) ^ t;
    return ((t ^ (t >>> 14)) >>> 0) % count;
  };
}

const COMMENTS = [
  '# revision: 7',
  "# it's { not: [ closed",
  '#',
  '# percent: 5 → 10',
  '# "ü" 🙂\ttab',
];
const SPACES = ['', ' ', '  ', ' \t '];

const isMap = (value: Value): value is { readonly [key: string]: Value } =>
  typeof value === 'object' && !Array.isArray(value);
const isPlain = (text: string) =>
  /^[a-z][a-z0-9.-]*$/i.test(text) && !/^(true|false|null)$/.test(text);

/** Writes a document in the manner that the choices make. */
export class Writer {
  #text = '';
  readonly #slots = new Map<string, Slot>();
  readonly #pick: (count: number) => number;
  readonly #eol: string;

  constructor(pick: (count: number) => number) {
    this.#pick = pick;
    this.#eol = pick(3) === 0 ? '\r\n' : '\n';
  }

  /** Block and flow, mixed. */
  yaml(document: Value): Layout {
    this.#add(this.#of(['', '', '\uFEFF']));
    if (this.#maybe(4)) this.#add(`---${this.#eol}`);
    this.#comments('');
    this.#blockMap(document as { [key: string]: Value }, '', []);
    if (this.#maybe(3)) this.#comments('');
    if (this.#maybe(3)) this.#text = this.#text.trimEnd();
    return this.#layout();
  }

  /** JSON, on one line or many, indented with anything. */
  json(document: Value): Layout {
    const indent = this.#of([undefined, undefined, '', ' ', '  ', '\t', '    ']);
    this.#jsonValue(document, [], indent, this.#of(['', ' ']), this.#eol);
    this.#add(this.#of(['', this.#eol]));
    return this.#layout();
  }

  #layout(): Layout {
    return { text: this.#text, slots: this.#slots };
  }

  #of<T>(options: readonly T[]): T {
    return options[this.#pick(options.length)] as T;
  }

  /** Once in so many times. */
  #maybe(times: number): boolean {
    return this.#pick(times) === 0;
  }

  #add(text: string): void {
    this.#text += text;
  }

  #marked(path: readonly string[], write: () => void): void {
    const start = this.#text.length;
    write();
    this.#slots.set(path.join('.'), { start, end: this.#text.length });
  }

  /** Comments and blank lines of their own. */
  #comments(indent: string): void {
    while (this.#maybe(5)) {
      this.#add(this.#of([indent + this.#of(COMMENTS), '', '   ', this.#of(COMMENTS)]) + this.#eol);
    }
  }

  #endLine(): void {
    if (this.#maybe(4)) this.#add(` ${this.#of(COMMENTS)}`);
    else this.#add(this.#of(['', '', '', ' ', ' \t']));
    this.#add(this.#eol);
  }

  #scalar(value: string | number, path: readonly string[]): void {
    const quotes =
      typeof value === 'number' ? [''] : ['"', "'", ...(isPlain(value) ? ['', ''] : [])];
    const quote = this.#of(quotes);
    this.#add(quote);
    this.#marked(path, () => this.#add(String(value)));
    this.#add(quote);
  }

  #key(key: string): void {
    const quote = this.#of(['', '', '', '"', "'"]);
    this.#add(`${quote}${key}${quote}:`);
  }

  #blockMap(map: { readonly [key: string]: Value }, indent: string, path: readonly string[]): void {
    Object.entries(map).forEach(([key, value], i) => {
      if (i > 0) {
        this.#comments(indent);
        this.#add(indent);
      }
      this.#key(key);
      this.#blockValue(value, indent, [...path, key]);
    });
  }

  #blockValue(value: Value, indent: string, path: readonly string[]): void {
    if (this.#isInline(value)) {
      this.#add(this.#of([' ', ' ', '   ']));
      if (this.#maybe(12)) this.#add(`&a${this.#text.length} `);
      this.#inline(value, `${indent} `, path);
      return this.#endLine();
    }
    if (this.#maybe(12)) this.#add(` &a${this.#text.length}`);
    this.#endLine();
    const inner = indent + ' '.repeat(Array.isArray(value) ? this.#pick(4) : 1 + this.#pick(4));
    this.#comments(inner);
    if (Array.isArray(value)) return this.#marked(path, () => this.#blockList(value, inner, path));
    this.#add(inner);
    this.#blockMap(value as { [key: string]: Value }, inner, path);
  }

  #blockList(list: readonly Value[], indent: string, path: readonly string[]): void {
    for (const [i, value] of list.entries()) {
      if (i > 0) this.#comments(indent);
      const gap = this.#of([' ', ' ', '   ']);
      this.#add(`${indent}-${gap}`);
      this.#item(value, indent, gap, [...path, String(i)]);
    }
  }

  #item(value: Value, indent: string, gap: string, path: readonly string[]): void {
    const inner = `${indent} ${gap}`;
    // Nothing behind a dash would be null, not an empty map.
    const isFilled = isMap(value) && Object.keys(value).length > 0;
    if (isFilled && this.#maybe(2)) return this.#blockMap(value, inner, path);
    if (Array.isArray(value) && value.length > 0 && this.#maybe(4)) {
      return this.#nestedList(value, inner, path);
    }
    this.#inline(value, `${indent} `, path);
    this.#endLine();
  }

  /** `- - 1`: a list that begins on the line of the outer one's dash. */
  #nestedList(list: readonly Value[], indent: string, path: readonly string[]): void {
    list.forEach((value, i) => {
      this.#add(`${i === 0 ? '' : indent}- `);
      this.#inline(value, `${indent} `, [...path, String(i)]);
      this.#endLine();
    });
  }

  #isInline(value: Value): boolean {
    if (typeof value !== 'object') return true;
    return Object.keys(value).length === 0 || this.#maybe(4);
  }

  #inline(value: Value, indent: string, path: readonly string[]): void {
    if (typeof value !== 'object') return this.#scalar(value, path);
    this.#marked(path, () => this.#flow(value, indent, path));
  }

  #flow(value: Exclude<Value, string | number>, indent: string, path: readonly string[]): void {
    const [open, close] = Array.isArray(value) ? '[]' : '{}';
    const lines = this.#maybe(4);
    const gap = () => {
      if (!lines) return this.#add(this.#of(SPACES));
      if (this.#maybe(4)) this.#add(` ${this.#of(COMMENTS)}`);
      this.#add(this.#eol + indent + this.#of(SPACES));
    };
    this.#add(open as string);
    Object.entries(value).forEach(([key, inner], i) => {
      if (i > 0) this.#add(',');
      gap();
      if (!Array.isArray(value)) {
        this.#key(key);
        this.#add(' ');
      }
      this.#inline(inner, `${indent} `, [...path, key]);
    });
    if (Object.keys(value).length > 0 && this.#maybe(4)) this.#add(',');
    gap();
    this.#add(close as string);
  }

  #jsonValue(
    value: Value,
    path: readonly string[],
    indent: string | undefined,
    space: string,
    eol: string,
  ): void {
    if (typeof value !== 'object') {
      const quote = typeof value === 'string' ? '"' : '';
      this.#add(quote);
      this.#marked(path, () => this.#add(String(value)));
      return this.#add(quote);
    }
    const [open, close] = Array.isArray(value) ? '[]' : '{}';
    const entries = Object.entries(value);
    const line = (depth: number) =>
      indent === undefined || entries.length === 0 ? '' : eol + indent.repeat(depth);
    this.#marked(path, () => {
      this.#add(open as string);
      entries.forEach(([key, inner], i) => {
        this.#add((i > 0 ? `,${indent === undefined ? space : ''}` : '') + line(path.length + 1));
        if (!Array.isArray(value)) this.#add(`"${key}":${space}`);
        this.#jsonValue(inner, [...path, key], indent, space, eol);
      });
      this.#add(line(path.length) + close);
    });
  }
}
