/** `tinct validate`: all that is wrong with plans and with their lists. */
import { type Finding, finding, hasErrors, type Plan, parsePlan, TinctError } from '@tinct/core';
import { defineCommand } from '../frame/command.ts';
import type { ExitName } from '../frame/exit.ts';
import { file } from '../frame/kinds.ts';
import { flag, many } from '../frame/options.ts';
import type { Style } from '../frame/printer.ts';
import type { Session } from '../frame/session.ts';
import { nameOf } from '../io/read.ts';
import { listsOf, type PlanFile, readPlan } from '../plan/load.ts';
import { DEFAULT_PLAN, outputOption } from '../plan/options.ts';
import { findingsText } from '../text/findings.ts';
import { jsonText } from '../text/json.ts';
import { counted } from '../text/words.ts';

interface Checked {
  readonly name: string;
  readonly findings: readonly Finding[];
  readonly unreadable: boolean;
  /** What there is to say of a plan without errors. */
  readonly summary: string;
}

export const validateCommand = defineCommand({
  name: 'validate',
  group: 'Understand a plan',
  summary: 'Say all that is wrong with a plan and its lists.',
  description: [
    'Reads each plan, checks what it means, loads its lists and compares their digests. Everything is reported at once: `file:line:column level CODE message`, and a hint below. docs/errors.md explains each code.',
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
    strict: flag('Warnings count as errors.'),
    output: outputOption,
  },
  examples: [
    { does: 'Before a commit', line: 'tinct validate plan.yaml' },
    {
      does: 'All plans of a repository, warnings too',
      line: 'tinct validate --strict plan.yaml old.yaml',
    },
    {
      does: 'What is on stdin, for a program',
      line: 'tinct validate - --output json < plan.yaml',
    },
  ],
  exits: {
    fine: 'No plan has an error.',
    findings: 'A plan or a list has an error; with --strict, a warning.',
    io: 'A plan could not be read.',
  },
  async run({ options, arguments: { plans } }, session) {
    const files = [...plans, ...options.plan];
    const checked: Checked[] = [];
    for (const each of files.length === 0 ? [DEFAULT_PLAN] : files)
      checked.push(await check(each, session));
    const { out } = session;
    await out.write(options.output === 'json' ? asJson(checked) : asText(checked, out.style));
    return exitFor(checked, options.strict);
  },
});

async function check(each: string, session: Session): Promise<Checked> {
  const name = nameOf(each);
  try {
    return await checkRead(await readPlan(each, session), session);
  } catch (error) {
    if (!(error instanceof TinctError)) throw error;
    const { code, message, hint } = error;
    return { name, findings: [finding(code, message, [], hint)], unreadable: true, summary: '' };
  }
}

async function checkRead(read: PlanFile, session: Session): Promise<Checked> {
  const { name } = read;
  const { plan, findings } = parsePlan(read.text, { file: name });
  const all = [...findings];
  if (plan !== undefined) all.push(...(await listFindings({ ...read, plan, findings }, session)));
  return { name, findings: all, unreadable: false, summary: plan === undefined ? '' : sumUp(plan) };
}

async function listFindings(
  loaded: PlanFile & { readonly plan: Plan; readonly findings: readonly Finding[] },
  session: Session,
): Promise<Finding[]> {
  const found: Finding[] = [];
  try {
    await listsOf(loaded, session, (warning) => found.push(warning));
  } catch (error) {
    if (!(error instanceof TinctError)) throw error;
    found.push(...error.findings);
  }
  return found.map((one) => ({ file: loaded.name, ...one }));
}

function sumUp({ revision, releases, cohorts }: Plan): string {
  const lists = Object.values(cohorts).filter(({ kind }) => kind === 'list').length;
  return [
    `revision ${revision}`,
    counted(Object.keys(releases).length, 'release'),
    ...(lists === 0 ? [] : [counted(lists, 'list')]),
  ].join(', ');
}

const count = (findings: readonly Finding[], level: Finding['level']): number =>
  findings.filter((found) => found.level === level).length;

function summaryLine({ name, findings, summary }: Checked, style: Style): string {
  const [errors, warnings] = [count(findings, 'error'), count(findings, 'warning')];
  const counts = [
    ...(errors === 0 ? [] : [style.red(counted(errors, 'error'))]),
    ...(warnings === 0 ? [] : [style.yellow(counted(warnings, 'warning'))]),
  ];
  const verdict = counts.length === 0 ? style.green('fine') : counts.join(', ');
  return `${style.bold(name)}: ${verdict}${summary === '' ? '' : ` (${summary})`}`;
}

function asText(checked: readonly Checked[], style: Style): string {
  const blocks = checked.map((one) => {
    const findings = findingsText(one.findings, style);
    return `${findings}${findings === '' ? '' : '\n'}${summaryLine(one, style)}\n`;
  });
  return blocks.join('\n');
}

function asJson(checked: readonly Checked[]): string {
  const findings = checked.flatMap((one) => one.findings);
  const summary = {
    plans: checked.length,
    errors: count(findings, 'error'),
    warnings: count(findings, 'warning'),
  };
  return jsonText({ findings, summary });
}

function exitFor(checked: readonly Checked[], strict: boolean): ExitName {
  if (checked.some(({ unreadable }) => unreadable)) return 'io';
  const findings = checked.flatMap((one) => one.findings);
  return hasErrors(findings) || (strict && findings.length > 0) ? 'findings' : 'fine';
}
