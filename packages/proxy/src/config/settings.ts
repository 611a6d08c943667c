/** The single values of the configuration: how each is written in the file, as a variable and as a flag. */
/** One value that a variable or a flag can set; maps and lists of maps stand in the file only. */
export interface Setting {
  readonly path: readonly string[];
  readonly type: 'text' | 'integer' | 'boolean' | 'list';
  readonly description: string;
  /** `TINCT_LISTEN_PORT`. */
  readonly variable: string;
  /** `listen-port`; a secret has none, because every user of a machine sees the arguments of its programs. */
  readonly flag: string | undefined;
  readonly fallback: unknown;
  readonly choices: readonly string[];
}

interface Node {
  readonly type?: string;
  readonly description?: string;
  readonly default?: unknown;
  readonly enum?: readonly string[];
  readonly secret?: boolean;
  readonly properties?: Readonly<Record<string, Node>>;
  readonly items?: Node;
  readonly anyOf?: readonly Node[];
}

const words = (path: readonly string[]): string[] =>
  path.flatMap((key) => key.replace(/[A-Z]/g, (letter) => ` ${letter.toLowerCase()}`).split(' '));

function typeOf({ type, items, anyOf }: Node): Setting['type'] | undefined {
  // A number, or a word instead: what is no number stays text.
  if (anyOf?.some((one) => one.type === 'integer')) return 'integer';
  if (type === 'string') return 'text';
  if (type === 'integer' || type === 'boolean') return type;
  return type === 'array' && items?.type === 'string' ? 'list' : undefined;
}

function settingsIn(node: Node, path: readonly string[]): Setting[] {
  if (node.properties !== undefined)
    return Object.entries(node.properties).flatMap(([key, child]) =>
      settingsIn(child, [...path, key]),
    );
  const type = typeOf(node);
  if (type === undefined) return [];
  return [
    {
      path,
      type,
      description: node.description ?? '',
      variable: `TINCT_${words(path).join('_').toUpperCase()}`,
      flag: node.secret === true ? undefined : words(path).join('-'),
      fallback: node.default,
      choices: node.enum ?? [],
    },
  ];
}

/** Every setting of a configuration with this JSON Schema, in its order. */
export const settingsOf = (schema: Readonly<Record<string, unknown>>): readonly Setting[] =>
  settingsIn(schema as Node, []);

/** The variable that names the configuration's file. */
export const FILE_VARIABLE = 'TINCT_CONFIG';

/** A variable's or flag's text as the kind of value that its setting takes; what is none stays text. */
export function readSetting({ type }: Setting, text: string): unknown {
  if (type === 'integer') return /^-?\d{1,15}$/.test(text) ? Number(text) : text;
  if (type === 'boolean') return text === 'true' ? true : text === 'false' ? false : text;
  if (type !== 'list') return text;
  return text
    .split(',')
    .map((part) => part.trim())
    .filter((part) => part !== '');
}
