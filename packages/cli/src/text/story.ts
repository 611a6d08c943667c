/** An explanation as a story: who came, which rules were asked, and how it ended. */
import {
  type CompiledRelease,
  type ConditionStep,
  type ConditionTrace,
  type Explanation,
  outcomeText,
  type Rule,
  type RuleStep,
} from '@tinct/core';
import type { Style } from '../frame/printer.ts';
import type { SourceReading } from '../plan/request.ts';
import { columns, indented } from './table.ts';
import { percentText, visible } from './words.ts';

const OUTCOMES: Readonly<Record<SourceReading['outcome'], string>> = {
  value: '',
  missing: 'not in the request',
  several: 'several values: none of them is believed',
  untrusted: 'not believed: the request does not come from a trusted hop',
  unread: 'cannot be read here: say it with --unit',
  'not-needed': 'not looked at: an earlier source settled it',
};

/** Which units the request has, and why. */
export function identityLines(identity: readonly SourceReading[]): string[] {
  if (identity.length === 0) return ['The plan has no identity source: say who it is with --unit.'];
  return columns(
    identity.map(({ unit, source, outcome, value }) => [
      unit,
      source,
      value === undefined ? OUTCOMES[outcome] : visible(JSON.stringify(value)),
    ]),
  );
}

/** One release: the result first, then the way to it. */
export function storyLines(release: CompiledRelease, told: Explanation, style: Style): string[] {
  const { decision } = told;
  const steps = told.steps.flatMap((step) => stepLines(release, step, style));
  return [
    `${style.bold(release.name)} gives ${style.bold(style.green(decision.variant))}`,
    ...indented([factsText(release, told), ...indented(steps), endText(release, told)]),
  ];
}

function factsText({ header }: CompiledRelease, { decision, unit, bucket }: Explanation): string {
  const facts = [
    unit === undefined ? [] : visible(`${unit.type} ${JSON.stringify(unit.key)}`),
    bucket === undefined ? [] : `bucket ${bucket}`,
    `reason ${decision.reason}`,
    `arm ${decision.arm}`,
    `epoch ${decision.epoch}`,
    `sent as ${header}: ${decision.variant}`,
  ].flat();
  return facts.join(' · ');
}

function stepLines(release: CompiledRelease, step: RuleStep, style: Style): string[] {
  const rule = release.release.rules[step.rule] as Rule;
  const lines = step.conditions.flatMap((condition) => conditionLines(condition, style));
  const head = `${style.cyan(`rules[${step.rule}]`)} ${wouldGive(rule)}`;
  return [head, ...indented([...lines, ...shareLines(rule, step), resultText(step)])];
}

function wouldGive({ outcome }: Rule): string {
  return outcome.kind === 'everyone'
    ? `would give ${outcome.variant}`
    : `shares: ${outcomeText(outcome)}`;
}

const ANSWERS: Readonly<Record<ConditionStep['result'], string>> = {
  true: 'yes',
  false: 'no',
  unknown: 'unknown',
  unavailable: 'unknown',
};

function answerText(result: ConditionStep['result'], style: Style): string {
  const text = ANSWERS[result].padEnd(7);
  if (result === 'true') return style.green(text);
  return result === 'false' ? text : style.yellow(text);
}

function conditionLines({ kind, text, result, inside }: ConditionStep, style: Style): string[] {
  const [only, ...others] = inside;
  const answer = answerText(result, style);
  if (kind === 'when' && only !== undefined && others.length === 0) return traceLines(only, style);
  const about =
    kind === 'users' ? `is one of ${text}` : kind === 'cohort' ? `is in cohort ${text}` : text;
  return [
    `${answer} ${visible(about)}`,
    ...indented(inside.flatMap((trace) => traceLines(trace, style))),
  ];
}

function traceLines({ text, result, inside }: ConditionTrace, style: Style): string[] {
  const below = inside.flatMap((trace) => traceLines(trace, style));
  return [`${answerText(result, style)} ${visible(text)}`, ...indented(below)];
}

/** The bucket beside what the rule's share asks of it. */
function shareLines({ outcome }: Rule, { bucket }: RuleStep): string[] {
  if (bucket === undefined || outcome.kind === 'everyone') return [];
  if (outcome.kind === 'percent') {
    const { thousandths } = outcome;
    const below = bucket < thousandths ? 'is below' : 'is not below';
    return [`bucket ${bucket} ${below} ${thousandths} (${percentText(thousandths)})`];
  }
  const inside = outcome.parts.flatMap(({ variant, ranges }) =>
    ranges
      .filter(([from, to]) => bucket >= from && bucket < to)
      .map(([from, to]) => `bucket ${bucket} is in [${from}, ${to}) of ${variant}`),
  );
  return inside.length > 0 ? inside : [`bucket ${bucket} is in none of the ranges`];
}

function resultText({ result, conditions }: RuleStep): string {
  switch (result) {
    case 'matched':
      return 'so it decides';
    case 'missed':
      return 'so it misses, and the next rule is asked';
    case 'remembered':
      return 'and an earlier assignment is remembered, so it stays';
    case 'unavailable':
      return 'its list could not be loaded, so nothing more is asked';
    default:
      return conditions.some((condition) => condition.result === 'unknown')
        ? 'so it does not match: a rule matches only on yes'
        : 'so it does not match';
  }
}

/** Why it ended as it did. */
function endText(release: CompiledRelease, { decision, steps }: Explanation): string {
  const { variant, reason, rule, detail } = decision;
  const { state, units } = release.release;
  if (reason === 'DISABLED') return `The release is aborted: everyone gets stable, ${variant}.`;
  if (reason === 'STATIC')
    return state === 'completed'
      ? `The release is completed: everyone gets the winner, ${variant}.`
      : `The release has no rules: everyone gets stable, ${variant}.`;
  if (detail === 'unit-missing')
    return `Nobody knows whose request it is (no ${units.join(', no ')}): stable, ${variant}.`;
  if (reason === 'ERROR') return `Without what it needed (${detail}), it gets stable, ${variant}.`;
  if (steps.at(-1)?.result === 'matched') return `rules[${rule}] decides: ${variant}.`;
  return reason === 'SPLIT'
    ? `No rule is left, and a percentage had its say: stable, ${variant}.`
    : `No rule matches: stable, ${variant}.`;
}
