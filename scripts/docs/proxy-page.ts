import { EXT_AUTHZ } from '../../packages/proxy/src/config/ext-authz-schema.ts';
import { FILE_VARIABLE, type Setting } from '../../packages/proxy/src/config/settings.ts';
import { PROXY } from '../../packages/proxy/src/config/shape.ts';

/** The part of JSON Schema that is shown. */
interface Schema {
  readonly description?: string;
  readonly properties?: Readonly<Record<string, Schema>>;
  readonly required?: readonly string[];
  readonly items?: Schema;
  readonly additionalProperties?: Schema;
}

interface Page {
  readonly title: string;
  /** Where its shape is described. */
  readonly source: string;
  readonly command: string;
  readonly file: string;
  readonly settings: readonly Setting[];
  readonly inFile: readonly string[];
}

function page({ title, source, command, file, settings, inFile }: Page): string {
  return [
    `# ${title}`,
    `<!-- Made by \`pnpm docs:generate\` from ${source}. -->`,
    `\`${command} --config ${file}\` reads YAML 1.2 or JSON; \`${FILE_VARIABLE}\` names the file too. ` +
      'A flag beats a variable, a variable beats the file, the file beats the default. ' +
      'Lists in variables and flags are separated by commas; an empty variable counts as not set. ' +
      'A secret has no flag, because every user of a machine sees the arguments of its programs. ' +
      'Relative paths in the file are relative to the file, others to where the program was started.',
    `\`${command} --print-config\` prints every setting with where it came from. What is wrong is reported at once, ` +
      'with `file:line:column`, or with the name of the variable or flag, and then nothing starts. ' +
      '[errors.md](../errors.md) explains each code.',
    '## Settings',
    table(['key', 'variable', 'flag', 'type', 'default', 'meaning'], settings.map(settingRow)),
    '## In the file only',
    ...inFile,
  ]
    .join('\n\n')
    .concat('\n');
}

function certificates(tls: Schema | undefined): string[] {
  const { description = '', items = {} } = tls?.properties?.['certificates'] ?? {};
  return [`\`tls.certificates\`: a list. ${description} Each has:`, keyTable(items)];
}

/** `docs/reference/proxy.md`: every setting of the configuration, as key, variable and flag. */
export function proxyPage(): string {
  const { properties = {} } = PROXY.jsonSchema as Schema;
  const byUrl = properties['upstreamTls']?.properties?.['byUrl'];
  return page({
    title: 'The configuration of the proxy, key by key',
    source: 'packages/proxy/src/config/schema.ts',
    command: 'tinct proxy',
    file: 'proxy.yaml',
    settings: PROXY.settings,
    inFile: [
      `\`direct\`: a map of release to a map of variant to URL. ${properties['direct']?.description ?? ''}`,
      `\`routes\`: a list. ${properties['routes']?.description ?? ''} Each has:`,
      keyTable(properties['routes']?.items ?? {}),
      ...certificates(properties['tls']),
      `\`upstreamTls.byUrl\`: a map of URL to a map. ${byUrl?.description ?? ''} Each may have:`,
      keyTable(byUrl?.additionalProperties ?? {}),
    ],
  });
}

/** `docs/reference/ext-authz.md`. */
export function extAuthzPage(): string {
  const { properties = {} } = EXT_AUTHZ.jsonSchema as Schema;
  return page({
    title: 'The configuration of the ext_authz server, key by key',
    source: 'packages/proxy/src/config/ext-authz-schema.ts',
    command: 'tinct ext-authz',
    file: 'ext-authz.yaml',
    settings: EXT_AUTHZ.settings,
    inFile: certificates(properties['tls']),
  });
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
