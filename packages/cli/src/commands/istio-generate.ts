/** `tinct istio generate`: the documents that lead colored requests through the mesh. */
import { generate, renderFolder, renderStream } from '@tinct/istio-config';
import { defineCommand } from '../frame/command.ts';
import { oneOf, text } from '../frame/kinds.ts';
import { flag, many, optional, withDefault } from '../frame/options.ts';
import { writeFolder } from '../io/folder.ts';
import { checked } from '../istio/checked.ts';
import { parseOrThrow, readPlan } from '../plan/load.ts';
import { planArgument, planOf, planOption } from '../plan/options.ts';
import { releaseOf } from '../plan/releases.ts';

export const istioGenerateCommand = defineCommand({
  name: 'istio generate',
  group: 'Routes in the mesh',
  summary: 'Write the routes that follow a plan’s headers.',
  description: [
    'One explicit match for every variant of every release, stable ones too; what is left has no color and goes to stable. Percentages, rules and states change nothing of it: apply it once, and the mesh stays still while traffic moves.',
    '--abort is the second lever, beside `tinct abort`: documents that no color gets past. --weighted is for requests that nobody can color.',
    'The documents come in the order in which they are to be written: subsets before the routes that name them. A folder gets one file per document and a kustomization.yaml; the same plan gives the same bytes.',
  ],
  arguments: { plan: planArgument },
  options: {
    plan: planOption,
    for: withDefault(oneOf('gateway', 'mesh', 'both'), 'both', {
      value: 'WHERE',
      help: 'Routes for requests that come in by a gateway, for calls within the mesh, or both.',
    }),
    target: withDefault(oneOf('istio', 'gateway-api'), 'istio', {
      value: 'TARGET',
      help: 'Istio’s own objects, or the Gateway API’s with a Service for each version.',
    }),
    carrier: optional(oneOf('header', 'both'), {
      value: 'CARRIER',
      fallback: 'both, where the target can',
      help: 'What calls within the mesh are led by: the header, or the baggage member too.',
    }),
    abort: many(text('the name of a release'), {
      value: 'RELEASE',
      help: 'Everyone gets its stable variant, whatever color a request carries.',
    }),
    weighted: flag('Share requests without a color by weight. Not sticky: drawn for each request.'),
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
    {
      does: 'Take a release back in the mesh itself, also when no edge runs',
      line: 'tinct istio generate --abort my-service -o routes',
    },
  ],
  exits: { fine: 'Generated.', findings: 'The plan has errors, or lacks what the routes need.' },
  async run({ options, arguments: positional }, session) {
    const loaded = parseOrThrow(
      await readPlan(planOf(options.plan, positional.plan), session),
      false,
    );
    for (const release of options.abort) releaseOf(loaded.plan, release);
    const { 'with-gateways': withGateways, carrier, ...how } = options;
    const { documents, findings } = generate(loaded.plan, {
      ...how,
      withGateways,
      ...(carrier === undefined ? {} : { carrier }),
    });
    await checked(findings, loaded, session);
    const { folder = '-' } = options;
    if (folder === '-') await session.out.write(renderStream(documents));
    else await writeFolder(folder, renderFolder(documents), session);
    return 'fine';
  },
});
