/** `tinct istio delete`: takes a plan's routes, or those of one release, out of a cluster. */
import { type OwnObject, ownObjects } from '@tinct/istio-config';
import { defineCommand } from '../frame/command.ts';
import { text } from '../frame/kinds.ts';
import { flag, optional } from '../frame/options.ts';
import { exclusively } from '../istio/apply.ts';
import { carryOut, stagesOf } from '../istio/carry-out.ts';
import { toldChanges } from '../istio/changes-text.ts';
import { clusterOptions, settleOption } from '../istio/cluster-options.ts';
import { documentOptions, generateOptions } from '../istio/document-options.ts';
import { preview, survey } from '../istio/preview.ts';
import { settling } from '../istio/settle.ts';
import { type Wanted, wantedOf } from '../istio/target-plan.ts';
import { withCluster } from '../kubernetes/connect.ts';
import { outputOption, planArgument, planOf, planOption } from '../plan/options.ts';
import { releaseOf } from '../plan/releases.ts';

export const istioDeleteCommand = defineCommand({
  name: 'istio delete',
  group: 'Routes in the mesh',
  summary: "Take a plan's routes out of a cluster.",
  description: [
    'The reverse of `tinct istio apply`: routes first, then, once the mesh has seen it, what they led to. Only objects that say they are of this plan are touched.',
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
    'dry-run': flag('Print what would change, and write nothing.'),
    wait: flag('Come back only when the mesh has had the time to see it.'),
    settle: settleOption,
    output: outputOption,
  },
  examples: [
    { does: 'What would go?', line: 'tinct istio delete routed.yaml --dry-run' },
    { does: 'Everything of this plan', line: 'tinct istio delete routed.yaml' },
  ],
  exits: {
    fine: 'Deleted, or not there.',
    findings: 'The plan has errors.',
    io: 'The cluster could not be asked, or refused.',
  },
  async run({ options, arguments: positional }, session) {
    const { release, target, wait: waits, 'dry-run': dryRun } = options;
    const wanted = await wantedOf(planOf(options.plan, positional.plan), options, session);
    const left = release === undefined ? [] : without(wanted, release, options);
    const settle = settling(options.settle, session);
    const applied = await withCluster(options, session, async (cluster) => {
      const all = () => survey(cluster, wanted, target);
      const found = async () => preview(cluster, { ...wanted, objects: left }, await all());
      if (dryRun) return { changes: (await found()).changes, written: false };
      return exclusively(cluster, wanted, session, async () => {
        const { changes, live } = await found();
        const stages = stagesOf(left, { changes, live });
        await carryOut(cluster, stages, { waits, settle });
        return { changes, written: stages.length > 0 };
      });
    });
    await session.out.write(toldChanges(wanted.plan, applied, options.output, session.out.style));
    return 'fine';
  },
});

/** What the plan's other releases need. */
function without(
  { plan }: Wanted,
  name: string,
  how: Parameters<typeof generateOptions>[0],
): readonly OwnObject[] {
  releaseOf(plan, name);
  const { [name]: _gone, ...releases } = plan.releases;
  const options = generateOptions(how);
  const abort = (options.abort ?? []).filter((one) => one !== name);
  return ownObjects({ ...plan, releases }, { ...options, abort }).documents;
}
