/** Reads Prometheus' text format 0.0.4 as far as a scraper needs it: names, labels, values. Pure. */

export interface ReadSample {
  /** With the name as `__name__`. */
  readonly labels: Readonly<Record<string, string>>;
  readonly value: number;
}

const LINE = /^([a-zA-Z_:][\w:]*)(?:\{(.*)\})?[ \t]+(\S+)(?:[ \t]+-?\d+)?$/;
const PAIR = /([a-zA-Z_]\w*)="((?:[^"\\]|\\.)*)"/g;
const ESCAPES: Readonly<Record<string, string>> = { n: '\n', '"': '"', '\\': '\\' };

const unescaped = (text: string): string =>
  text.replace(/\\(.)/g, (whole, character: string) => ESCAPES[character] ?? whole);

function numberIn(text: string): number {
  if (text === '+Inf') return Number.POSITIVE_INFINITY;
  return text === '-Inf' ? Number.NEGATIVE_INFINITY : Number(text);
}

/** Comments and lines of another format are passed over. `isWanted`: by the metric's name. */
export function readExposition(
  text: string,
  isWanted: (name: string) => boolean = () => true,
): ReadSample[] {
  return text.split('\n').flatMap((line) => {
    const [, name = '', pairs = '', value = ''] = LINE.exec(line) ?? [];
    if (name === '' || !isWanted(name)) return [];
    const labels = [...pairs.matchAll(PAIR)].map(([, key = '', said = '']) => [
      key,
      unescaped(said),
    ]);
    return [{ labels: { __name__: name, ...Object.fromEntries(labels) }, value: numberIn(value) }];
  });
}
