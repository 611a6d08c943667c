/** Every command, in the order of the overview. */
import type { Command } from '../frame/command.ts';
import { abortCommand } from './abort.ts';
import { demoCommand } from './demo.ts';
import { diffCommand } from './diff.ts';
import { explainCommand } from './explain.ts';
import { extAuthzCommand } from './ext-authz.ts';
import { initCommand } from './init.ts';
import { istioApplyCommand } from './istio-apply.ts';
import { istioDeleteCommand } from './istio-delete.ts';
import { istioDiffCommand } from './istio-diff.ts';
import { istioFilterCommand } from './istio-filter.ts';
import { istioGenerateCommand } from './istio-generate.ts';
import { istioGuardCommand } from './istio-guard.ts';
import { istioImportCommand } from './istio-import.ts';
import { istioLintCommand } from './istio-lint.ts';
import { istioPromoteCommand } from './istio-promote.ts';
import { istioRemoveCommand } from './istio-remove.ts';
import { istioStatusCommand } from './istio-status.ts';
import { keysGenerateCommand } from './keys-generate.ts';
import { overrideCreateCommand } from './override-create.ts';
import { planLockCommand } from './plan-lock.ts';
import { planRevertCommand } from './plan-revert.ts';
import { planSetCommand } from './plan-set.ts';
import {
  planAbortCommand,
  planCompleteCommand,
  planPauseCommand,
  planResumeCommand,
} from './plan-state.ts';
import { proxyCommand } from './proxy.ts';
import { quickstartCommand } from './quickstart.ts';
import { schemaCommand } from './schema.ts';
import { simulateCommand } from './simulate.ts';
import { validateCommand } from './validate.ts';

export const COMMANDS: readonly Command[] = [
  demoCommand,
  quickstartCommand,
  proxyCommand,
  extAuthzCommand,
  abortCommand,
  initCommand,
  validateCommand,
  explainCommand,
  simulateCommand,
  diffCommand,
  schemaCommand,
  planSetCommand,
  planPauseCommand,
  planResumeCommand,
  planAbortCommand,
  planCompleteCommand,
  planRevertCommand,
  planLockCommand,
  istioImportCommand,
  istioGenerateCommand,
  istioPromoteCommand,
  istioRemoveCommand,
  istioDiffCommand,
  istioApplyCommand,
  istioStatusCommand,
  istioDeleteCommand,
  istioLintCommand,
  istioFilterCommand,
  istioGuardCommand,
  keysGenerateCommand,
  overrideCreateCommand,
];
