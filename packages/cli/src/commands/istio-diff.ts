/** `tinct istio diff`: what `tinct istio apply` would change. */
import { defineCommand } from '../frame/command.ts';
import { looked } from '../istio/apply.ts';
import { differencesText } from '../istio/changes-text.ts';
import { adoptOption, clusterOptions } from '../istio/cluster-options.ts';
import { documentOptions } from '../istio/document-options.ts';
import { wantedOf } from '../istio/target-plan.ts';
import { withCluster } from '../kubernetes/connect.ts';
import { outputOption, planArgument, planOf, planOption } from '../plan/options.ts';

export const istioDiffCommand = defineCommand({
  name: 'istio diff',
  group: 'Routes in the mesh',
  summary: 'Say what `tinct istio apply` would change.',
  description: [
    'The server tries each object and keeps none, so that what is printed is what the cluster would hold: defaults filled in, other managers’ fields in their place. Exit status 1 means that there is a difference, as with diff.',
  ],
  arguments: { plan: planArgument },
  options: {
    plan: planOption,
    ...documentOptions,
    ...clusterOptions,
    adopt: adoptOption,
    output: outputOption,
  },
  examples: [{ does: 'Is the cluster as the plan says?', line: 'tinct istio diff plan.yaml' }],
  exits: {
    fine: 'No difference.',
    findings: 'There is a difference, or the plan has errors.',
    io: 'The cluster could not be asked, or would refuse.',
  },
  async run({ options, arguments: positional }, session) {
    const wanted = await wantedOf(planOf(options.plan, positional.plan), options, session);
    const { changes } = await withCluster(options, session, (cluster) =>
      looked(cluster, wanted, options, session),
    );
    const { out } = session;
    await out.write(differencesText(wanted.plan, changes, options.output, out.style));
    return changes.every(({ kind }) => kind === 'same') ? 'fine' : 'findings';
  },
});
