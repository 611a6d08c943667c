/**
 * Plans with mistakes, each with what is said about it: `testdata/findings/*.in.yaml` and `*.out.txt`.
 * `UPDATE_GOLDENS=1` rewrites what is said; review it as a diff.
 */
import { globSync, readFileSync, writeFileSync } from 'node:fs';
import { basename, join } from 'node:path';
import t from 'tap';
import {
  compilePlan,
  ERRORS,
  type ErrorCode,
  formatFinding,
  hasErrors,
  type ParsedPlan,
  parsePlan,
} from '../src/index.ts';

const FOLDER = join(import.meta.dirname, '../testdata/findings');
const UPDATE = process.env['UPDATE_GOLDENS'] === '1' || process.argv.includes('--update');

interface Golden {
  readonly name: string;
  readonly text: string;
  readonly parsed: ParsedPlan;
  readonly lines: string;
}

function load(file: string): Golden {
  const name = basename(file, '.in.yaml');
  const text = readFileSync(join(FOLDER, file), 'utf8');
  const parsed = parsePlan(text, { file: `${name}.in.yaml` });
  return {
    name,
    text,
    parsed,
    lines: parsed.findings.map((of) => `${formatFinding(of)}\n`).join(''),
  };
}

const goldens = globSync('*.in.yaml', { cwd: FOLDER }).sort().map(load);
const outOf = (name: string): string => join(FOLDER, `${name}.out.txt`);

if (UPDATE) for (const { name, lines } of goldens) writeFileSync(outOf(name), lines);

for (const { name, parsed, lines } of goldens)
  t.test(`findings/${name}`, async (t) => {
    t.equal(lines, readFileSync(outOf(name), 'utf8'));
    t.equal(parsed.plan === undefined, hasErrors(parsed.findings), 'no plan exactly with errors');
    t.equal(
      name.startsWith('valid-'),
      lines === '',
      'valid plans, and only they, have no findings',
    );
    if (parsed.plan !== undefined) compilePlan(parsed.plan);
  });

t.test('each golden has its plan', async (t) => {
  const names = globSync('*.out.txt', { cwd: FOLDER }).map((file) => basename(file, '.out.txt'));
  t.strictSame(names.sort(), goldens.map(({ name }) => name).sort());
});

/** Codes that no single plan can have: they compare two plans, change one, or read its file. */
const ELSEWHERE: readonly ErrorCode[] = [
  'TINCT_PLAN_REVISION_LOWER',
  'TINCT_PLAN_REVISION_REUSED',
  'TINCT_PLAN_EPOCH_LOWER',
  'TINCT_PLAN_EPOCH_KILLED',
  'TINCT_PLAN_SALT_CHANGED',
  'TINCT_PLAN_JUMP',
  'TINCT_PLAN_EDIT',
  'TINCT_PLAN_RELEASE_UNKNOWN',
  'TINCT_PLAN_RULE_CHOICE',
  'TINCT_PLAN_PAUSED',
  'TINCT_PLAN_STATE',
  'TINCT_PLAN_UNREADABLE',
];

t.test('each code that a plan can have occurs in a golden', async (t) => {
  const found = new Set(goldens.flatMap(({ parsed }) => parsed.findings.map(({ code }) => code)));
  const codes = (Object.keys(ERRORS) as ErrorCode[]).filter(
    (code) => code.split('_')[1] === 'PLAN',
  );
  t.strictSame(codes.filter((code) => !found.has(code)).sort(), [...ELSEWHERE].sort());
});

t.test(
  'ten different mistakes are reported in one run, each with its place and a hint',
  async (t) => {
    const { findings } = load('ten-mistakes.in.yaml').parsed;
    t.equal(findings.length, 10);
    t.equal(new Set(findings.map(({ code }) => code)).size, 10);
    t.ok(findings.every(({ line = 0, column = 0, hint }) => line > 0 && column > 0 && hint !== ''));
  },
);
