/** `tinct istio delete`: takes a plan's routes, or those of one release, out of a cluster. */
import { defineCommand } from '../frame/command.ts';
import { text } from '../frame/kinds.ts';
import { optional } from '../frame/options.ts';
import { toldChanges } from '../istio/changes-text.ts';
import { clusterOptions, writeOptions, writingOf } from '../istio/cluster-options.ts';
import { deleteWanted } from '../istio/delete.ts';
import { documentOptions } from '../istio/document-options.ts';
import { wantedOf } from '../istio/target-plan.ts';
import { withCluster } from '../kubernetes/connect.ts';
import { outputOption, planArgument, planOf, planOption } from '../plan/options.ts';

export const istioDeleteCommand = defineCommand({
  name: 'istio delete',
  group: 'Routes in the mesh',
  summary: "Take a plan's routes out of a cluster.",
  description: [
    'The reverse of `tinct istio apply`: routes first, then, once the mesh has seen it, what they led to. Only objects that say they are of this plan are touched; those of others that `tinct istio apply --adopt` wrote into are given back as they were. For files it is `tinct istio remove`.',
    'Without a route of its own a service is served by all its pods, whatever their version: scale the other versions down before, or leave a route of yours in place.',
  ],
  arguments: { plan: planArgument },
  options: {
    plan: planOption,
    release: optional(text('the name of a release'), {
      value: 'NAME',
      fallback: 'all of them',
      help: 'Only this release; the others stay as they are.',
    }),
    ...documentOptions,
    ...clusterOptions,
    ...writeOptions,
    output: outputOption,
  },
  examples: [
    { does: 'What would go?', line: 'tinct istio delete plan.yaml --dry-run' },
    { does: 'Everything of this plan', line: 'tinct istio delete plan.yaml' },
  ],
  exits: {
    fine: 'Deleted, or not there.',
    findings: 'The plan has errors.',
    io: 'The cluster could not be asked, or refused.',
  },
  async run({ options, arguments: positional }, session) {
    const wanted = await wantedOf(planOf(options.plan, positional.plan), options, session);
    const how = { ...options, ...writingOf(options) };
    const applied = await withCluster(options, session, (cluster) =>
      deleteWanted(cluster, wanted, how, session),
    );
    await session.out.write(toldChanges(wanted.plan, applied, options.output, session.out.style));
    return 'fine';
  },
});
