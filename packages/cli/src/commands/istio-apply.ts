/** `tinct istio apply`: writes a plan's routes into a cluster. */
import { TinctError } from '@tinct/core';
import { defineCommand } from '../frame/command.ts';
import { applyWanted } from '../istio/apply.ts';
import { toldChanges } from '../istio/changes-text.ts';
import { adoptOption, clusterOptions, writeOptions, writingOf } from '../istio/cluster-options.ts';
import { documentOptions } from '../istio/document-options.ts';
import { wantedOf } from '../istio/target-plan.ts';
import { withCluster } from '../kubernetes/connect.ts';
import { outputOption, planArgument, planOf, planOption } from '../plan/options.ts';

export const istioApplyCommand = defineCommand({
  name: 'istio apply',
  group: 'Routes in the mesh',
  summary: "Write a plan's routes into a cluster.",
  description: [
    'Writes what `tinct istio generate` prints by server-side apply, as the field manager `tinct`: subsets first, then routes, and what nobody needs any more in reverse. Before anything is written the server has tried everything. What belongs to the plan and is no longer in it is deleted; what is not Tinct’s own is left alone, and no field is taken from its owner.',
    '--adopt is for routes and rules of others that speak of the same requests: the releases are put into them, their own routes stay as they are, and `tinct istio delete` gives them back. What Argo CD, Flux or Helm keeps is not written: stdout gets the patch for Git.',
    'One run at a time for each plan: a Lease holds the second one back. A plan whose percentages changed changes nothing here. docs/istio-apply.md has the rights that it needs.',
  ],
  arguments: { plan: planArgument },
  options: {
    plan: planOption,
    ...documentOptions,
    ...clusterOptions,
    adopt: adoptOption,
    ...writeOptions,
    output: outputOption,
  },
  examples: [
    { does: 'What would it do?', line: 'tinct istio apply plan.yaml --dry-run' },
    {
      does: 'Into a VirtualService that people wrote: what would change?',
      line: 'tinct istio apply plan.yaml --adopt --dry-run',
    },
    { does: 'Write the routes', line: 'tinct istio apply plan.yaml --wait' },
  ],
  exits: {
    fine: 'Applied, or so already; with --dry-run, it could be.',
    findings: 'The plan has errors, or lacks what the routes need.',
    io: 'The cluster could not be asked, or refused: nothing was written, unless the message names a stage.',
  },
  async run({ options, arguments: positional }, session) {
    if (options.adopt && options.weighted)
      throw new TinctError('TINCT_CLI_ARGUMENTS', '--adopt and --weighted exclude each other', {
        hint: 'in routes of others, what has no color goes where they lead it',
      });
    const wanted = await wantedOf(planOf(options.plan, positional.plan), options, session);
    const { target, adopt } = options;
    const applied = await withCluster(options, session, (cluster) =>
      applyWanted(cluster, wanted, { target, adopt, ...writingOf(options) }, session),
    );
    await session.out.write(toldChanges(wanted.plan, applied, options.output, session.out.style));
    return 'fine';
  },
});
