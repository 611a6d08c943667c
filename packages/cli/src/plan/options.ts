/** Options that several commands share, so that they are the same everywhere. */
import { TinctError } from '@tinct/core/basics';
import { assignment, file, oneOf, text } from '../frame/kinds.ts';
import { many, optional, withDefault } from '../frame/options.ts';

export const DEFAULT_PLAN = 'plan.yaml';

export const planOption = optional(file, {
  value: 'FILE',
  short: 'p',
  fallback: DEFAULT_PLAN,
  help: 'The plan: a file, - for stdin, or REV:FILE as git has it.',
});

/** The same as an argument. */
export const planArgument = optional(file, {
  value: 'PLAN',
  help: 'The plan, instead of --plan.',
});

export const outputOption = withDefault(oneOf('text', 'json'), 'text', {
  value: 'FORMAT',
  short: 'o',
  help: 'How the result is printed: text or json.',
});

export const attributeOption = many(assignment, {
  value: 'NAME=VALUE',
  short: 'a',
  help: 'An attribute of the plan, read as the type that the plan declares.',
});

export const hostOption = optional(text('a host'), {
  value: 'HOST',
  help: 'Only releases that apply to this host. All releases by default.',
});

export const pathOption = withDefault(text('a path'), '/', {
  value: 'PATH',
  help: 'The path of the request; looked at with --host.',
});

export const releasesOption = many(text('the name of a release'), {
  value: 'NAME',
  short: 'r',
  help: 'Only this release.',
});

/** The plan that is meant, by option or by argument. */
export function planOf(option: string | undefined, argument?: string | undefined): string {
  if (option !== undefined && argument !== undefined)
    throw new TinctError('TINCT_CLI_ARGUMENTS', 'the plan is given twice', {
      hint: 'name it once: as an argument or with --plan',
    });
  return option ?? argument ?? DEFAULT_PLAN;
}

/** Kubernetes objects. */
export const MANIFESTS = text('the path of a file or folder, or - for stdin');

export const namespaceOption = optional(text('the name of a namespace'), {
  value: 'NAME',
  short: 'n',
  fallback: 'default',
  help: 'What objects without a namespace lie in.',
});

/** Where a command writes documents. */
export const folderOption = optional(text('a folder, or - for stdout'), {
  value: 'DIR',
  short: 'o',
  fallback: 'stdout',
  help: 'Where the files are written; the folder is made if it is not there.',
});
