/** `tinct types`: a plan's releases and variants for TypeScript. */
import { resolve } from 'node:path';
import { TinctError } from '@tinct/core';
import { DECLARATION_MARK, declareReleases } from '@tinct/sdk';
import { defineCommand } from '../frame/command.ts';
import { file } from '../frame/kinds.ts';
import { flag, many, optional } from '../frame/options.ts';
import type { Session } from '../frame/session.ts';
import { putFile, textThere } from '../io/write.ts';
import { parseOrThrow, readPlan } from '../plan/load.ts';
import { DEFAULT_PLAN } from '../plan/options.ts';

export const typesCommand = defineCommand({
  name: 'types',
  group: 'Understand a plan',
  summary: 'Write the declaration by which TypeScript knows releases and variants.',
  description: [
    'With it in a project, `variant`, `decision` and `isIn` of @tinct/sdk take the names that the plan has: a misspelt release or variant does not compile. Several plans, of staging and production perhaps, make one declaration.',
    'It holds names only. Percentages, rules and revisions change nothing of it.',
  ],
  arguments: {
    plans: many(file, {
      value: 'PLAN',
      help: 'Plans: files, - for stdin, or REV:FILE of git.',
      fallback: DEFAULT_PLAN,
    }),
  },
  options: {
    plan: many(file, { value: 'FILE', short: 'p', help: 'The same as an argument.' }),
    out: optional(file, {
      value: 'FILE',
      fallback: 'stdout',
      help: 'Where it is written, such as src/releases.d.ts; what another hand wrote is never replaced.',
    }),
    check: flag('Write nothing; exit 1 where the file of --out is not what would be written.'),
  },
  examples: [
    { does: 'Beside the sources of a service', line: 'tinct types plan.yaml --out releases.d.ts' },
    {
      does: 'In CI, so that nobody forgets',
      line: 'tinct types plan.yaml --out releases.d.ts --check',
    },
    { does: 'Of two environments', line: 'tinct types plan.yaml old.yaml' },
  ],
  exits: {
    fine: 'Written, or up to date.',
    findings: 'A plan has errors; with --check, the file is out of date.',
    io: 'A plan could not be read, or the file not be written.',
  },
  async run({ options: { plan, out, check }, arguments: { plans } }, session) {
    const given = [...plans, ...plan];
    const text = await declarationOf(given.length === 0 ? [DEFAULT_PLAN] : given, session);
    const to = out === '-' ? undefined : out;
    if (check) await compare(to, text, session);
    else if (to === undefined) await session.out.write(text);
    else await write(to, text, session);
    return 'fine';
  },
});

async function declarationOf(files: readonly string[], session: Session): Promise<string> {
  const plans = [];
  for (const each of files) plans.push(parseOrThrow(await readPlan(each, session), false).plan);
  return declareReleases(plans);
}

async function compare(to: string | undefined, text: string, { cwd }: Session): Promise<void> {
  if (to === undefined)
    throw new TinctError('TINCT_CLI_ARGUMENTS', '--check compares a file', {
      hint: 'name it by --out',
    });
  const there = await textThere(resolve(cwd, to));
  if (there !== text)
    throw new TinctError(
      'TINCT_CLI_STALE',
      there === undefined ? `${to} is not there` : `${to} is not what the plan says`,
    );
}

async function write(to: string, text: string, { cwd, err, signal }: Session): Promise<void> {
  const path = resolve(cwd, to);
  const there = await textThere(path);
  if (there !== undefined && !there.startsWith(DECLARATION_MARK))
    throw new TinctError('TINCT_CLI_EXISTS', `${to} was not made by \`tinct types\``, {
      hint: 'choose another name, or remove the file',
    });
  const isNew = await putFile(path, text, signal);
  await err.write(`${to} ${isNew ? 'written' : 'is up to date'}\n`);
}
