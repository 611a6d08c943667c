/** `tinct simulate`: runs a plan over many ids and counts who gets what, and who moves. */
import { type CompiledPlan, type CompiledRelease, TinctError } from '@tinct/core';
import { defineCommand } from '../frame/command.ts';
import { file, text, wholeNumber } from '../frame/kinds.ts';
import { optional } from '../frame/options.ts';
import type { Session } from '../frame/session.ts';
import { fileIds, type Ids, syntheticIds } from '../io/ids.ts';
import { compileFile } from '../plan/load.ts';
import {
  attributeOption,
  hostOption,
  outputOption,
  pathOption,
  planArgument,
  planOf,
  planOption,
  releasesOption,
} from '../plan/options.ts';
import { chosenReleases } from '../plan/releases.ts';
import { checkUnitType, givenAttributes } from '../plan/request.ts';
import { Simulation, type SimulationOptions } from '../plan/simulation.ts';
import { Progress } from '../text/progress.ts';
import { simulationJson, simulationText } from '../text/simulation.ts';

const DEFAULT_COUNT = 100_000;

export const simulateCommand = defineCommand({
  name: 'simulate',
  group: 'Understand a plan',
  summary: 'Count over many ids who gets what, and who moves.',
  description: [
    'Counts each variant over synthetic ids (1, 2, 3 …) or over a file of real ones, beside what the rules give exactly and the interval that holds the true share with a confidence of 95 %. Ids are streamed: millions need no more memory than one.',
    'With --against it says how many units move from an earlier plan, from where to where, and how many had to: among units for whom the same conditions hold, half the sum of the changes.',
  ],
  arguments: { plan: planArgument },
  options: {
    plan: planOption,
    count: optional(wholeNumber(1, 1_000_000_000), {
      value: 'N',
      short: 'n',
      help: 'How many synthetic ids.',
      fallback: String(DEFAULT_COUNT),
    }),
    ids: optional(file, { value: 'FILE', help: 'Real ids, one per line; - for stdin.' }),
    unit: optional(text('a unit type'), {
      value: 'TYPE',
      short: 'u',
      help: 'The unit type of the ids.',
      fallback: "each release's own",
    }),
    against: optional(file, {
      value: 'FILE',
      help: 'An earlier plan: a file, or REV:FILE of git.',
    }),
    attr: attributeOption,
    host: hostOption,
    path: pathOption,
    release: releasesOption,
    output: outputOption,
  },
  examples: [
    { does: 'The shares over a hundred thousand users', line: 'tinct simulate plan.yaml' },
    {
      does: 'Who moves between two plans?',
      line: 'tinct simulate plan.yaml --against old.yaml --count 20000',
    },
    {
      does: 'Over real ids, from a column of a CSV file',
      line: 'cut -d, -f1 users.csv | tail -n +2 | tinct simulate plan.yaml --ids -',
    },
  ],
  exits: {
    fine: 'Simulated, whatever came out.',
    findings: 'A plan or one of its lists has errors.',
  },
  async run({ options, arguments: positional }, session) {
    const planFile = planOf(options.plan, positional.plan);
    if ([planFile, options.ids, options.against].filter((name) => name === '-').length > 1)
      throw new TinctError('TINCT_CLI_ARGUMENTS', 'stdin (-) can be only one of the files');
    const ids = idsOf(options.count, options.ids, session);
    const next = await compileFile(planFile, session);
    const old =
      options.against === undefined ? undefined : await compileFile(options.against, session);
    if (options.unit !== undefined) checkUnitType(options.unit, next.plan);
    const attributes = givenAttributes(options.attr, next.plan);
    const simulations = chosenReleases(next, options).chosen.map((release) =>
      simulationOf(release, old, { unit: options.unit, attributes, now: session.now() }),
    );
    await feed(ids, simulations, session);
    const result = {
      plan: next.plan,
      old: old?.plan,
      simulated: simulations.map((s) => s.result()),
    };
    const { out } = session;
    await out.write(
      options.output === 'json' ? simulationJson(result) : simulationText(result, out.style),
    );
    return 'fine';
  },
});

function idsOf(count: number | undefined, ids: string | undefined, session: Session): Ids {
  if (count !== undefined && ids !== undefined)
    throw new TinctError('TINCT_CLI_ARGUMENTS', '--count and --ids exclude each other', {
      hint: '--ids takes all the ids of the file',
    });
  return ids === undefined ? syntheticIds(count ?? DEFAULT_COUNT, session) : fileIds(ids, session);
}

function simulationOf(
  release: CompiledRelease,
  old: CompiledPlan | undefined,
  { unit, ...options }: Omit<SimulationOptions, 'unit'> & { readonly unit: string | undefined },
): Simulation {
  const before = old?.releases.find(({ name }) => name === release.name);
  const own = release.release.units[0] ?? 'user';
  return new Simulation(release, before, { ...options, unit: unit ?? own });
}

async function feed(ids: Ids, simulations: readonly Simulation[], session: Session): Promise<void> {
  const progress = new Progress(session.err, session.now);
  let count = 0;
  try {
    for await (const batch of ids) {
      for (const id of batch.ids) for (const simulation of simulations) simulation.add(id);
      count += batch.ids.length;
      await progress.update(count, batch.share);
    }
  } finally {
    await progress.clear();
  }
}
