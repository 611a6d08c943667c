/** `tinct istio generate`: the documents that lead colored requests through the mesh. */
import { generate, renderFolder, renderStream } from '@tinct/istio-config';
import { defineCommand } from '../frame/command.ts';
import { oneOf, text } from '../frame/kinds.ts';
import { flag, optional, withDefault } from '../frame/options.ts';
import { writeFolder } from '../io/folder.ts';
import { checked } from '../istio/checked.ts';
import { parseOrThrow, readPlan } from '../plan/load.ts';
import { planArgument, planOf, planOption } from '../plan/options.ts';

export const istioGenerateCommand = defineCommand({
  name: 'istio generate',
  group: 'Routes in the mesh',
  summary: 'Write the routes that follow a plan’s headers.',
  description: [
    'One explicit match for every variant of every release, stable ones too; what is left has no color and goes to stable. Percentages, rules and states change nothing of it: apply it once, and the mesh stays still while traffic moves.',
    'The documents come in the order in which they are to be written: subsets before the routes that name them. A folder gets one file per document and a kustomization.yaml; the same plan gives the same bytes.',
  ],
  arguments: { plan: planArgument },
  options: {
    plan: planOption,
    for: withDefault(oneOf('gateway', 'mesh', 'both'), 'both', {
      value: 'WHERE',
      help: 'Routes for requests that come in by a gateway, for calls within the mesh, or both.',
    }),
    'with-gateways': flag('Make the gateways that the plan names too: plain HTTP on port 80.'),
    folder: optional(text('a folder, or - for stdout'), {
      value: 'DIR',
      short: 'o',
      fallback: 'stdout',
      help: 'Where the files are written; the folder is made if it is not there.',
    }),
  },
  examples: [
    { does: 'Look at the routes', line: 'tinct istio generate plan.yaml' },
    { does: 'A folder for `kubectl apply -k`', line: 'tinct istio generate -o routes' },
  ],
  exits: { fine: 'Generated.', findings: 'The plan has errors, or lacks what the routes need.' },
  async run({ options, arguments: positional }, session) {
    const loaded = parseOrThrow(
      await readPlan(planOf(options.plan, positional.plan), session),
      false,
    );
    const { documents, findings } = generate(loaded.plan, {
      for: options.for,
      withGateways: options['with-gateways'],
    });
    await checked(findings, loaded, session);
    const { folder = '-' } = options;
    if (folder === '-') await session.out.write(renderStream(documents));
    else await writeFolder(folder, renderFolder(documents), session);
    return 'fine';
  },
});
