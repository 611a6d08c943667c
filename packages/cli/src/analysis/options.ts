/** What an analysis can be told, by the same options wherever one runs. */
import { ANALYSIS_DEFAULTS, type AnalysisSettings, TinctError } from '@tinct/core/watching';
import { duration, number, oneOf, text, time, wholeNumber } from '../frame/kinds.ts';
import { optional, type Values, withDefault } from '../frame/options.ts';
import { SOURCES, type SourceChoice } from './choice.ts';

/** What is read and compared. */
export const sourceOptions = {
  source: withDefault(oneOf(...SOURCES), 'edge', {
    value: 'SOURCE',
    help: 'Whose series: of Tinct’s edges, or Istio’s (versions instead of arms, requests instead of users: wider; needs a plan, and for tinct check --since).',
  }),
  baseline: optional(text('the name of a variant'), {
    value: 'VARIANT',
    fallback: 'as the plan says in `analysis.baseline`; else control',
    help: 'Compare with this variant instead of control: stable’s code, as freshly deployed and as large as the canary; needs a plan.',
  }),
  'design-effect': withDefault(number(1, 10_000), String(ANALYSIS_DEFAULTS.assumedDesign), {
    value: 'COUNT',
    help: 'How many requests count as one where nothing is known of users, with --source istio.',
  }),
  since: optional(time, {
    value: 'TIME',
    fallback: 'as the edges say',
    help: 'When the analysis began.',
  }),
};

/** Seconds since the epoch. */
export const sinceOf = ({ since }: Values<typeof sourceOptions>): number | undefined =>
  since === undefined ? undefined : since / 1000;

export const choiceOf = (options: Values<typeof sourceOptions>): SourceChoice => ({
  source: options.source,
  baseline: options.baseline,
  designEffect: options['design-effect'],
});

export const analysisOptions = {
  tolerance: withDefault(number(1, 10), String(ANALYSIS_DEFAULTS.tolerance), {
    value: 'RATIO',
    help: 'The canary may have this many times control’s rate before it fails.',
  }),
  margin: withDefault(number(1, 100), String(ANALYSIS_DEFAULTS.margin), {
    value: 'RATIO',
    help: 'It passes when its rate is below this many times control’s, for sure.',
  }),
  bound: optional(number(0, 100), {
    value: 'PERCENT',
    fallback: 'what the plan’s objective leaves for errors, at most 1; else 0.1',
    help: 'Or it passes when so many percent more of its requests fail than of control’s at most, for sure.',
  }),
  bake: withDefault(duration, '10m', { value: 'TIME', help: 'Nothing passes before.' }),
  'warm-up': withDefault(duration, '0s', {
    value: 'TIME',
    help: 'The first minutes, which are shown apart and are no evidence.',
  }),
  'minimum-units': withDefault(wholeNumber(0), String(ANALYSIS_DEFAULTS.minimumUnits), {
    value: 'COUNT',
    help: 'Nothing passes before so many users were in the canary.',
  }),
};

/** Throws a TinctError where they contradict each other. */
export function settingsOf(options: Values<typeof analysisOptions>): AnalysisSettings {
  if (options.margin <= options.tolerance)
    throw new TinctError('TINCT_CLI_ARGUMENTS', '--margin is not above --tolerance');
  return {
    ...ANALYSIS_DEFAULTS,
    tolerance: options.tolerance,
    margin: options.margin,
    bound: options.bound === undefined ? undefined : options.bound / 100,
    bake: options.bake / 1000,
    warmUp: options['warm-up'] / 1000,
    minimumUnits: options['minimum-units'],
  };
}
