/** `tinct istio lint`: what would go wrong in a mesh, found in its manifests. */
import { type Finding, hasErrors, type Plan, placed } from '@tinct/core';
import { lint, sarif } from '@tinct/istio-config';
import { defineCommand } from '../frame/command.ts';
import { file, oneOf } from '../frame/kinds.ts';
import { flag, many, optional, withDefault } from '../frame/options.ts';
import type { Style } from '../frame/printer.ts';
import type { Session } from '../frame/session.ts';
import { VERSION } from '../frame/version.ts';
import { type ManifestFiles, readManifestFiles } from '../io/manifests.ts';
import { parseOrThrow, readPlan } from '../plan/load.ts';
import { MANIFESTS, namespaceOption } from '../plan/options.ts';
import { findingsText } from '../text/findings.ts';
import { jsonText } from '../text/json.ts';
import { counted } from '../text/words.ts';

export const istioLintCommand = defineCommand({
  name: 'istio lint',
  group: 'Routes in the mesh',
  summary: "Find what would go wrong in the mesh's manifests.",
  description: [
    "Reads VirtualServices, DestinationRules, EnvoyFilters and what stands beside them, and says what Istio would refuse, what no request reaches, what breaks stickiness, and where a client could choose its version. With --plan, follows colored requests along the routes: whether each of the plan's variants gets where it should. docs/istio-lint.md explains each code.",
    'Name everything that belongs together in one run: what is in no file that was read counts as missing.',
  ],
  arguments: {
    files: many(MANIFESTS, {
      value: 'FILE',
      help: 'Files or folders; - for stdin.',
      fallback: '.',
    }),
  },
  options: {
    plan: optional(file, {
      value: 'FILE',
      short: 'p',
      help: 'The plan whose releases are followed.',
    }),
    namespace: namespaceOption,
    strict: flag('Warnings count as errors.'),
    output: withDefault(oneOf('text', 'json', 'sarif'), 'text', {
      value: 'FORMAT',
      short: 'o',
      help: 'How the result is printed: text, json, or sarif (2.1.0) for code review tools.',
    }),
  },
  examples: [
    {
      does: 'All manifests of a folder, with the plan',
      line: 'tinct istio lint istio.yaml --namespace shop',
    },
    { does: 'In CI, shown beside the lines', line: 'tinct istio lint istio.yaml --output sarif' },
    { does: 'What kustomize makes', line: 'cat istio.yaml | tinct istio lint -' },
  ],
  exits: {
    fine: 'No error was found.',
    findings: 'There is an error; with --strict, a warning.',
    io: 'A file could not be read.',
  },
  async run({ options, arguments: { files } }, session) {
    const read = await readManifestFiles(
      files.length === 0 ? ['.'] : files,
      session,
      options.namespace,
    );
    const findings = [...read.findings, ...(await found(read, options.plan, session))];
    await session.out.write(shown(findings, read, options.output, session.out.style));
    return hasErrors(findings) || (options.strict && findings.length > 0) ? 'findings' : 'fine';
  },
});

async function found(
  { manifests }: ManifestFiles,
  planFile: string | undefined,
  session: Session,
): Promise<readonly Finding[]> {
  if (planFile === undefined) return lint(manifests);
  const { plan, text, name }: { plan: Plan; text: string; name: string } = parseOrThrow(
    await readPlan(planFile, session),
  );
  return placed(lint(manifests, { plan }), text, name);
}

function shown(
  findings: readonly Finding[],
  { files, manifests }: ManifestFiles,
  output: 'text' | 'json' | 'sarif',
  style: Style,
): string {
  if (output === 'sarif') return jsonText(sarif(findings, { version: VERSION }));
  const errors = findings.filter(({ level }) => level === 'error').length;
  const warnings = findings.length - errors;
  const summary = { files: files.length, objects: manifests.length, errors, warnings };
  if (output === 'json') return jsonText({ findings, summary });
  const counts = [
    ...(errors === 0 ? [] : [style.red(counted(errors, 'error'))]),
    ...(warnings === 0 ? [] : [style.yellow(counted(warnings, 'warning'))]),
  ];
  const verdict = counts.length === 0 ? style.green('fine') : counts.join(', ');
  const of = `${counted(manifests.length, 'object')} in ${counted(files.length, 'file')}`;
  const text = findingsText(findings, style);
  return `${text}${text === '' ? '' : '\n'}${of}: ${verdict}\n`;
}
