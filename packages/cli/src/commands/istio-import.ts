/** `tinct istio import`: a plan from existing VirtualServices and DestinationRules. */
import { resolve } from 'node:path';
import { hasErrors } from '@tinct/core';
import { importPlan } from '@tinct/istio-config';
import { defineCommand } from '../frame/command.ts';
import { oneOf, text } from '../frame/kinds.ts';
import { flag, many, optional, withDefault } from '../frame/options.ts';
import { readManifestFiles } from '../io/manifests.ts';
import { createFile } from '../io/write.ts';
import { MANIFESTS, namespaceOption } from '../plan/options.ts';
import { findingsText } from '../text/findings.ts';

export const istioImportCommand = defineCommand({
  name: 'istio import',
  group: 'Routes in the mesh',
  summary: 'Write the plan that decides as existing VirtualServices route.',
  description: [
    "Reads VirtualServices and DestinationRules, written by hand or by Flagger or Argo Rollouts, and writes a plan: exact matches of the user's header become `users` rules, other headers and cookies conditions, weights percentages that stick. What a plan cannot say is said with its place.",
    'Name the files of the DestinationRules (or, where each version has a Service of its own, of the Services) too: they hold the labels.',
  ],
  arguments: { files: many(MANIFESTS, { value: 'FILE', help: 'Files or folders; - for stdin.' }) },
  options: {
    out: optional(text('the path of a new file'), {
      value: 'FILE',
      help: 'Write the plan to this new file; to stdout by default.',
    }),
    name: withDefault(text('a name'), 'imported', { value: 'NAME', help: "The plan's name." }),
    'identity-header': optional(text('the name of a header'), {
      value: 'HEADER',
      help: 'The header that names the user. By default the first whose name says so: user-id, end-user.',
    }),
    trust: withDefault(oneOf('hops', 'anyone'), 'hops', {
      value: 'WHO',
      help: 'Who is believed for headers and cookies: hops (that the edge trusts) or anyone, as Istio does.',
    }),
    namespace: namespaceOption,
    strict: flag('Warnings count as errors.'),
  },
  examples: [
    { does: 'Look at it', line: 'tinct istio import istio.yaml' },
    { does: 'Keep it', line: 'tinct istio import istio.yaml --out imported.yaml' },
    {
      does: 'What `kubectl get vs,dr,svc -o yaml` prints',
      line: 'tinct istio import - --trust anyone < istio.yaml',
    },
  ],
  exits: {
    fine: 'The plan is written; what it could not carry over is a warning.',
    findings: 'There is nothing to import, or a file is broken; with --strict, a warning.',
    io: 'A file could not be read or written.',
  },
  async run({ options, arguments: { files } }, session) {
    const read = await readManifestFiles(
      files.length === 0 ? ['-'] : files,
      session,
      options.namespace,
    );
    const { 'identity-header': header, name, trust } = options;
    const { text: plan, findings } = importPlan(read.manifests, {
      name,
      trust,
      ...(header !== undefined && { identityHeader: header }),
    });
    const all = [...read.findings, ...findings];
    if (all.length > 0) await session.err.write(`${findingsText(all, session.err.style)}\n`);
    const isFine = !hasErrors(all) && !(options.strict && all.length > 0);
    if (plan === undefined || !isFine) return 'findings';
    if (options.out === undefined) await session.out.write(plan);
    else await createFile(resolve(session.cwd, options.out), plan);
    return 'fine';
  },
});
