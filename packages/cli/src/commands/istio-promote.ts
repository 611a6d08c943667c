/** `tinct istio promote`: the winner of a completed release becomes its stable variant. */
import { TinctError } from '@tinct/core';
import { defineCommand } from '../frame/command.ts';
import { flag } from '../frame/options.ts';
import { clusterOptions, writeOptions } from '../istio/cluster-options.ts';
import { documentOptions } from '../istio/document-options.ts';
import { promoteDocuments, promotedPlan, promoteInCluster } from '../istio/promote.ts';
import { readFileOf } from '../plan/change.ts';
import { CHANGE_EXITS, CHANGE_NOTES, releaseArgument } from '../plan/change-options.ts';
import { folderOption, planOf, planOption } from '../plan/options.ts';

export const istioPromoteCommand = defineCommand({
  name: 'istio promote',
  group: 'Routes in the mesh',
  summary: 'Make the winner of a completed release its stable variant.',
  description: [
    'Everyone has the winner already. Each variant has a route of its own, so nobody’s version changes while routes and plan follow one after the other; requests without a color go from the old stable variant to the new one.',
    'The plan is changed in its place. stdout has the documents that change, or -o writes all of them to a folder; stderr has the order of writing. Routes that people wrote stay as they are: lead them to the new version yourself.',
    '--apply does it in a cluster, as `tinct istio apply` does: subsets, routes, what is left over, and the plan last. Interrupted, the same command goes on. In objects that were adopted, routes of their owners that lead to the old stable version lead to the new one.',
    CHANGE_NOTES,
  ],
  arguments: { release: releaseArgument },
  options: {
    plan: planOption,
    ...documentOptions,
    folder: folderOption,
    apply: flag('Write the routes into a cluster, and then the plan.'),
    ...clusterOptions,
    ...writeOptions,
  },
  examples: [
    { does: 'v2 is the new normal', line: 'tinct istio promote banner' },
    { does: 'And in the cluster', line: 'tinct istio promote banner --apply --wait' },
  ],
  exits: CHANGE_EXITS,
  async run({ options, arguments: { release } }, session) {
    const { plan, target, apply, folder, 'dry-run': dryRun } = options;
    if (apply && folder !== undefined)
      throw new TinctError('TINCT_CLI_ARGUMENTS', '--apply and --folder exclude each other');
    const promoted = promotedPlan(await readFileOf(planOf(plan), session), release, session.now());
    if (apply) await promoteInCluster(promoted, release, options, session);
    else await promoteDocuments(promoted, { target, folder: folder ?? '-', dryRun }, session);
    return 'fine';
  },
});
