/** Rules as they are generated, and Prometheus' own tool. */
import { spawnSync } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { parsePlan } from '@tinct/core';
import { parse } from 'yaml';
import { alerts, ISTIO_ALERTS, observeFiles, observeSettings } from '../src/index.ts';

export const ROOT = join(import.meta.dirname, '../../..');
const { plan } = parsePlan(readFileSync(join(ROOT, 'examples/quickstart/plan.yaml'), 'utf8'));
export const files = (options = {}) => (plan === undefined ? [] : observeFiles(plan, options));
export const names = [...alerts(observeSettings({})).map(({ name }) => name), ...ISTIO_ALERTS];

export interface Rule {
  readonly alert?: string;
  readonly record?: string;
  readonly expr: string;
  readonly labels?: Record<string, string>;
  readonly annotations?: Record<string, string>;
}

export const rulesOf = (text: string): Rule[] =>
  (parse(text) as { groups: { rules: Rule[] }[] }).groups.flatMap(({ rules }) => rules);

export const RULES = ['tinct.rules.yaml', 'tinct-istio.rules.yaml'];
export const ruleFiles = (options = {}) =>
  files(options).filter(({ name }) => RULES.includes(name));

const isMissing = spawnSync('promtool', ['--version']).status !== 0;
export const needsPromtool =
  isMissing && !process.env['TINCT_REQUIRE_PARTS'] ? { skip: 'promtool is not installed' } : {};

export function promtool(...args: string[]) {
  const { status, stdout, stderr } = spawnSync('promtool', args, { encoding: 'utf8' });
  return { status, said: `${stdout}${stderr}` };
}
