/** Which version this service says it is. */
import { readFileSync } from 'node:fs';
import { TinctError } from '@tinct/core';

/** The response header. */
export const SERVED_HEADER = 'x-tinct-served';

/** The variable that names the version. */
export const VERSION_VARIABLE = 'TINCT_VERSION';

export interface VersionOptions {
  /** As it is. Default: what the variable `TINCT_VERSION` says, else the pod's label. */
  readonly version?: string | undefined;
  /** The pod's labels as the downward API writes them. Default `/etc/podinfo/labels`. */
  readonly labelsFile?: string | undefined;
  /** Which of them is the version. Default `version`. */
  readonly versionLabel?: string | undefined;
}

/** A value of a Kubernetes label, or of a header that nobody has to quote. */
const VERSION = /^[A-Za-z0-9](?:[A-Za-z0-9._+-]{0,61}[A-Za-z0-9])?$/;

function checked(version: string, where: string): string {
  if (VERSION.test(version)) return version;
  throw new TinctError(
    'TINCT_SDK_OPTION_MALFORMED',
    `${where}: \`${version}\` is no version such as \`v2\`: 1 to 63 letters, digits, \`-\`, \`_\`, \`.\` or \`+\``,
  );
}

/** One `key="value"` a line, escaped as Go escapes. */
function labelIn(text: string, label: string): string | undefined {
  const line = text.split('\n').find((candidate) => candidate.startsWith(`${label}=`));
  const value = /^"((?:[^"\\]|\\.)*)"$/.exec(line?.slice(label.length + 1).trim() ?? '')?.[1];
  return value?.replaceAll(/\\(.)/g, '$1');
}

function textOf(file: string): string | undefined {
  try {
    return readFileSync(file, 'utf8');
  } catch {
    return undefined;
  }
}

/** Looks once, at the start. `undefined`: nobody says; the version is then unknown, never guessed. */
export function servedVersion(
  { version, labelsFile = '/etc/podinfo/labels', versionLabel = 'version' }: VersionOptions,
  env: Readonly<Record<string, string | undefined>>,
): string | undefined {
  if (version !== undefined) return checked(version, 'version');
  const { [VERSION_VARIABLE]: named } = env;
  if (named !== undefined && named !== '') return checked(named, VERSION_VARIABLE);
  const text = textOf(labelsFile);
  const label = text === undefined ? undefined : labelIn(text, versionLabel);
  return label === undefined || label === '' ? undefined : checked(label, labelsFile);
}
