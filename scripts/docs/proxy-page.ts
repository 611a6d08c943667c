import { FILE_VARIABLE, type Setting } from '../../packages/proxy/src/config/settings.ts';
import { PROXY } from '../../packages/proxy/src/config/shape.ts';

/** The part of JSON Schema that is shown. */
interface Schema {
  readonly description?: string;
  readonly properties?: Readonly<Record<string, Schema>>;
  readonly required?: readonly string[];
  readonly items?: Schema;
}

/** `docs/reference/proxy.md`: every setting of the configuration, as key, variable and flag. */
export function proxyPage(): string {
  const { properties = {} } = PROXY.jsonSchema as Schema;
  return [
    '# The configuration of the proxy, key by key',
    '<!-- Made by `pnpm docs:generate` from packages/proxy/src/config/schema.ts. -->',
    `\`tinct proxy --config proxy.yaml\` reads YAML 1.2 or JSON; \`${FILE_VARIABLE}\` names the file too. ` +
      'A flag beats a variable, a variable beats the file, the file beats the default. ' +
      'Lists in variables and flags are separated by commas; an empty variable counts as not set. ' +
      'A secret has no flag, because every user of a machine sees the arguments of its programs. ' +
      'Relative paths in the file are relative to the file, others to where the program was started.',
    '`tinct proxy --print-config` prints every setting with where it came from. What is wrong is reported at once, ' +
      'with `file:line:column`, or with the name of the variable or flag, and then nothing starts. ' +
      '[errors.md](../errors.md) explains each code.',
    '## Settings',
    table(
      ['key', 'variable', 'flag', 'type', 'default', 'meaning'],
      PROXY.settings.map(settingRow),
    ),
    '## In the file only',
    `\`direct\`: a map of release to a map of variant to URL. ${properties['direct']?.description ?? ''}`,
    `\`routes\`: a list. ${properties['routes']?.description ?? ''} Each has:`,
    keyTable(properties['routes']?.items ?? {}),
  ]
    .join('\n\n')
    .concat('\n');
}

const code = (text: string): string => `\`${text}\``;

function settingRow({ path, variable, flag, type, fallback, choices, description }: Setting) {
  const kind = choices.length > 0 ? choices.map(code).join(', ') : type;
  const shown = fallback === undefined ? '' : code(Array.isArray(fallback) ? '[]' : `${fallback}`);
  const named = flag === undefined ? '' : code(`--${flag}`);
  return [code(path.join('.')), code(variable), named, kind, shown, description];
}

function keyTable({ properties = {}, required = [] }: Schema): string {
  const rows = Object.entries(properties).map(([key, { description = '' }]) => [
    code(key),
    required.includes(key) ? 'yes' : '',
    description,
  ]);
  return table(['key', 'required', 'meaning'], rows);
}

function table(head: readonly string[], rows: readonly (readonly string[])[]): string {
  const line = (cells: readonly string[]) =>
    `| ${cells.map((cell) => cell.replaceAll('|', '\\|')).join(' | ')} |`;
  return [line(head), line(head.map(() => '---')), ...rows.map(line)].join('\n');
}
