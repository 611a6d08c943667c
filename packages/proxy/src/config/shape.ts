/** What a program's configuration may say. Reading, reporting and printing it know programs by this alone. */
import type { z } from 'zod';
import { contradictions } from './contradictions.ts';
import type { IsChosen, Objection } from './objection.ts';
import {
  CHOICES,
  type Choice,
  configJsonSchema,
  configSchema,
  type ProxyConfig,
} from './schema.ts';
import { type Setting, settingsOf } from './settings.ts';

export interface ConfigShape<C> {
  readonly schema: z.ZodType<C>;
  /** 2020-12: what may be written. */
  readonly jsonSchema: Readonly<Record<string, unknown>>;
  /** What a variable or a flag can set. */
  readonly settings: readonly Setting[];
  readonly choices: readonly Choice[];
  /** What is wrong with a configuration although each of its values is right. */
  readonly objections?: ((config: C, isChosen: IsChosen) => readonly Objection[]) | undefined;
}

export function shapeOf<C>(
  schema: z.ZodType<C>,
  jsonSchema: Readonly<Record<string, unknown>>,
  choices: readonly Choice[],
  objections?: ConfigShape<C>['objections'],
): ConfigShape<C> {
  return { schema, jsonSchema, settings: settingsOf(jsonSchema), choices, objections };
}

/** Of `tinct proxy`. */
export const PROXY: ConfigShape<ProxyConfig> = shapeOf(
  configSchema,
  configJsonSchema(),
  CHOICES,
  contradictions,
);

/** The variables and flags of `tinct proxy`. */
export const SETTINGS: readonly Setting[] = PROXY.settings;
