/** Every command, in the order of the overview. Each is loaded when it is asked for: a rollback waits for no other. */
import type { Command } from '../frame/command.ts';
import { wordsOf } from '../frame/route.ts';

const LOAD: Readonly<Record<string, () => Promise<Command>>> = {
  demo: async () => (await import('./demo.ts')).demoCommand,
  quickstart: async () => (await import('./quickstart.ts')).quickstartCommand,
  proxy: async () => (await import('./proxy.ts')).proxyCommand,
  'ext-authz': async () => (await import('./ext-authz.ts')).extAuthzCommand,
  abort: async () => (await import('./abort.ts')).abortCommand,
  check: async () => (await import('./check.ts')).checkCommand,
  errors: async () => (await import('./errors.ts')).errorsCommand,
  watch: async () => (await import('./watch.ts')).watchCommand,
  init: async () => (await import('./init.ts')).initCommand,
  validate: async () => (await import('./validate.ts')).validateCommand,
  explain: async () => (await import('./explain.ts')).explainCommand,
  simulate: async () => (await import('./simulate.ts')).simulateCommand,
  diff: async () => (await import('./diff.ts')).diffCommand,
  schema: async () => (await import('./schema.ts')).schemaCommand,
  types: async () => (await import('./types.ts')).typesCommand,
  'plan set': async () => (await import('./plan-set.ts')).planSetCommand,
  'plan pause': async () => (await import('./plan-state.ts')).planPauseCommand,
  'plan resume': async () => (await import('./plan-state.ts')).planResumeCommand,
  'plan abort': async () => (await import('./plan-state.ts')).planAbortCommand,
  'plan complete': async () => (await import('./plan-state.ts')).planCompleteCommand,
  'plan revert': async () => (await import('./plan-revert.ts')).planRevertCommand,
  'plan lock': async () => (await import('./plan-lock.ts')).planLockCommand,
  'istio import': async () => (await import('./istio-import.ts')).istioImportCommand,
  'istio generate': async () => (await import('./istio-generate.ts')).istioGenerateCommand,
  'istio promote': async () => (await import('./istio-promote.ts')).istioPromoteCommand,
  'istio remove': async () => (await import('./istio-remove.ts')).istioRemoveCommand,
  'istio diff': async () => (await import('./istio-diff.ts')).istioDiffCommand,
  'istio apply': async () => (await import('./istio-apply.ts')).istioApplyCommand,
  'istio status': async () => (await import('./istio-status.ts')).istioStatusCommand,
  'istio delete': async () => (await import('./istio-delete.ts')).istioDeleteCommand,
  'istio lint': async () => (await import('./istio-lint.ts')).istioLintCommand,
  'istio filter': async () => (await import('./istio-filter.ts')).istioFilterCommand,
  'istio guard': async () => (await import('./istio-guard.ts')).istioGuardCommand,
  'observe generate': async () => (await import('./observe-generate.ts')).observeGenerateCommand,
  'keys generate': async () => (await import('./keys-generate.ts')).keysGenerateCommand,
  'override create': async () => (await import('./override-create.ts')).overrideCreateCommand,
};

/** The commands that the arguments could mean: the one that they name, or all of them. */
export async function commandsFor(argv: readonly string[]): Promise<readonly Command[]> {
  const words = wordsOf(argv);
  const named = [words.slice(0, 2), words.slice(0, 1)]
    .map((some) => some.join(' '))
    .find((name) => Object.hasOwn(LOAD, name));
  const load = named === undefined ? undefined : LOAD[named];
  return load === undefined ? allCommands() : [await load()];
}

export const allCommands = (): Promise<readonly Command[]> =>
  Promise.all(Object.values(LOAD).map((load) => load()));
