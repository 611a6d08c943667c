/** `tinct istio status`: how a plan's objects stand in a cluster. */
import { defineCommand } from '../frame/command.ts';
import { clusterOptions } from '../istio/cluster-options.ts';
import { documentOptions } from '../istio/document-options.ts';
import { survey } from '../istio/preview.ts';
import { statusLines, statusOf } from '../istio/status.ts';
import { wantedOf } from '../istio/target-plan.ts';
import { withCluster } from '../kubernetes/connect.ts';
import { outputOption, planArgument, planOf, planOption } from '../plan/options.ts';
import { jsonText } from '../text/json.ts';

export const istioStatusCommand = defineCommand({
  name: 'istio status',
  group: 'Routes in the mesh',
  summary: "Say how a plan's routes stand in a cluster.",
  description: [
    'For each release its objects: there, missing, drifted (somebody changed them), taken (a field that Tinct would write belongs to somebody else), left (no longer in the plan); the revision that they were last written at, and who wrote to them. Below, the objects of others that speak of the same requests, and the program that keeps them, if one does.',
  ],
  arguments: { plan: planArgument },
  options: { plan: planOption, ...documentOptions, ...clusterOptions, output: outputOption },
  examples: [{ does: 'Is everything in its place?', line: 'tinct istio status plan.yaml' }],
  exits: {
    fine: 'All objects are there, and nobody else has a say.',
    findings: 'Something is missing, changed, left or of others, or the plan has errors.',
    io: 'The cluster could not be asked.',
  },
  async run({ options, arguments: positional }, session) {
    const wanted = await wantedOf(planOf(options.plan, positional.plan), options, session);
    const { plan } = wanted;
    const status = await withCluster(options, session, async (cluster) =>
      statusOf(cluster, wanted, await survey(cluster, wanted, options.target)),
    );
    const { out } = session;
    const told = { plan: { name: plan.name, revision: plan.revision }, ...status };
    await out.write(
      options.output === 'json'
        ? jsonText(told)
        : `${statusLines(status, out.style).slice(0, -1).join('\n')}\n`,
    );
    const isFine = status.objects.every(({ state }) => state === 'there');
    return isFine && status.foreign.length === 0 ? 'fine' : 'findings';
  },
});
