/** The winner of a completed release becomes stable: in documents, or in a cluster. */
import { changePlan, type Plan } from '@tinct/core';
import {
  type Changeover,
  changeover,
  type Promotion,
  renderFolder,
  renderStream,
  stepText,
} from '@tinct/istio-config';
import type { Values } from '../frame/options.ts';
import type { Session } from '../frame/session.ts';
import { writeFolder } from '../io/folder.ts';
import { withCluster } from '../kubernetes/connect.ts';
import { type Rewrite, rewrite } from '../plan/change.ts';
import type { PlanFile } from '../plan/load.ts';
import { applyWanted } from './apply.ts';
import { toldChanges } from './changes-text.ts';
import { checked } from './checked.ts';
import { type clusterOptions, type writeOptions, writingOf } from './cluster-options.ts';
import type { documentOptions } from './document-options.ts';
import { wantedBy } from './target-plan.ts';

interface Promoted extends Rewrite {
  readonly before: Plan;
}

/** The plan's file with the winner as stable variant. Throws where the release is not completed. */
export function promotedPlan(file: PlanFile, release: string, now: number): Promoted {
  const change = { kind: 'promote', release } as const;
  return { file, ...changePlan(file.text, change, { file: file.name, now }) };
}

export interface InDocuments {
  readonly target: 'istio' | 'gateway-api';
  readonly folder: string;
  readonly dryRun: boolean;
}

/** Changes the plan, and writes the documents that follow. */
export async function promoteDocuments(
  plan: Promoted,
  { target, folder, dryRun }: InDocuments,
  session: Session,
): Promise<void> {
  const { steps, documents, findings } = changeover(plan.before, plan.after, { target });
  await checked(findings, { ...plan.file, text: plan.text }, session);
  await rewrite(plan, { dryRun, output: 'text' }, { ...session, out: session.err });
  await tell(steps, session);
  if (folder === '-') await session.out.write(renderStream(written(steps)));
  else if (!dryRun) await writeFolder(folder, renderFolder(documents), session);
}

type InCluster = Values<typeof documentOptions & typeof clusterOptions & typeof writeOptions>;

/**
 * Brings the cluster to the new plan, and writes the plan last: interrupted anywhere, the same command goes on from
 * there, because the file still says what is to be done.
 */
export async function promoteInCluster(
  plan: Promoted,
  release: string,
  options: InCluster,
  session: Session,
): Promise<void> {
  const loaded = { ...plan.file, text: plan.text, plan: plan.after, findings: [] };
  const wanted = { ...(await wantedBy(loaded, options, session)), ...promotionOf(plan, release) };
  const { target } = options;
  const { dryRun, ...how } = writingOf(options);
  const applied = await withCluster(options, session, (cluster) =>
    applyWanted(cluster, wanted, { target, adopt: false, dryRun, ...how }, session),
  );
  await session.out.write(toldChanges(plan.after, applied, 'text', session.out.style));
  await rewrite(plan, { dryRun, output: 'text' }, { ...session, out: session.err });
}

function promotionOf({ before, after }: Promoted, release: string): { promotion?: Promotion } {
  const [from, to] = [before, after].map(({ releases }) => releases[release]?.stable);
  if (from === undefined || to === undefined || from === to) return {};
  return { promotion: { release, from, to } };
}

const written = (steps: Changeover['steps']) =>
  steps.flatMap((step) => (step.kind === 'apply' ? [step.object] : []));

function tell(steps: Changeover['steps'], { err }: Session): Promise<void> {
  const lines = steps.map((step, i) => `${i + 1}. ${stepText(step)}\n`);
  return err.write(lines.join(''));
}
