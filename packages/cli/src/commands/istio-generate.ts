/** `tinct istio generate`: the documents that lead colored requests through the mesh. */
import { hasErrors, type Plan, TinctError } from '@tinct/core';
import {
  beside,
  generate,
  type Manifest,
  readManifests,
  renderFolder,
  renderStream,
} from '@tinct/istio-config';
import { defineCommand } from '../frame/command.ts';
import { file } from '../frame/kinds.ts';
import { many, type Values } from '../frame/options.ts';
import type { Session } from '../frame/session.ts';
import { writeFolder } from '../io/folder.ts';
import { nameOf, readText } from '../io/read.ts';
import { checked } from '../istio/checked.ts';
import { documentOptions, generateOptions } from '../istio/document-options.ts';
import { insertInto } from '../istio/into.ts';
import { type LoadedPlan, parseOrThrow, readPlan, refused } from '../plan/load.ts';
import {
  folderOption,
  namespaceOption,
  planArgument,
  planOf,
  planOption,
  releasesOption,
} from '../plan/options.ts';
import { releaseOf } from '../plan/releases.ts';

const MAX_BYTES = 8 * 1024 * 1024;

export const istioGenerateCommand = defineCommand({
  name: 'istio generate',
  group: 'Routes in the mesh',
  summary: 'Write the routes that follow a plan’s headers.',
  description: [
    'One explicit match for every variant of every release, stable ones too; what is left has no color and goes to stable. Percentages, rules and states change nothing of it: apply it once, and the mesh stays still while traffic moves.',
    '--abort is the second lever, beside `tinct abort`: documents that no color gets past. --weighted is for requests that nobody can color.',
    '--into takes VirtualServices, DestinationRules, HTTPRoutes and GRPCRoutes that people wrote. In front of each route that leads to a service of a release come copies of it, one per variant, that differ in the color they ask for and the version they lead to; everything else stays byte for byte. Twice is once, and `tinct istio remove` gives back the original.',
    'The documents come in the order in which they are to be written: subsets before the routes that name them. A folder gets one file per document and a kustomization.yaml; the same plan gives the same bytes.',
  ],
  arguments: { plan: planArgument },
  options: {
    plan: planOption,
    ...documentOptions,
    into: many(file, {
      value: 'FILE',
      help: 'Routes that are there: put the releases into them, and change nothing else.',
    }),
    namespace: namespaceOption,
    beside: many(file, {
      value: 'FILE',
      help: 'Routes that are there and stay as they are: refuse what their order would spoil.',
    }),
    release: releasesOption,
    folder: folderOption,
  },
  examples: [
    { does: 'Look at the routes', line: 'tinct istio generate plan.yaml' },
    { does: 'A folder for `kubectl apply -k`', line: 'tinct istio generate -o routes' },
    {
      does: 'Into routes that are there already',
      line: 'tinct istio generate --into web.yaml --release my-service',
    },
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
    for (const release of [...options.abort, ...options.release]) releaseOf(loaded.plan, release);
    if (options.into.length > 0 && options.beside.length > 0)
      throw new TinctError('TINCT_CLI_ARGUMENTS', '--into and --beside exclude each other');
    if (options.into.length > 0) await insertInto(loaded, options, session);
    else await generateOwn(loaded, options, session);
    return 'fine';
  },
});

interface OwnOptions extends Values<typeof documentOptions> {
  readonly release: readonly string[];
  readonly beside: readonly string[];
  readonly namespace: string | undefined;
  readonly folder: string | undefined;
}

async function generateOwn(
  loaded: LoadedPlan,
  options: OwnOptions,
  session: Session,
): Promise<void> {
  const { release, folder = '-' } = options;
  const plan = only(loaded.plan, release);
  const { documents: all, findings } = generate(plan, generateOptions(options));
  await checked(findings, loaded, session);
  const there = await readThere(options, session);
  const { documents, findings: clashes } = beside(all, there);
  if (hasErrors(clashes)) throw refused(clashes);
  if (folder === '-') await session.out.write(renderStream(documents));
  else await writeFolder(folder, renderFolder(documents), session);
}

function only(plan: Plan, names: readonly string[]): Plan {
  if (names.length === 0) return plan;
  const releases = Object.entries(plan.releases).filter(([name]) => names.includes(name));
  return { ...plan, releases: Object.fromEntries(releases) };
}

async function readThere(
  { beside: files, namespace }: OwnOptions,
  session: Session,
): Promise<Manifest[]> {
  const all: Manifest[] = [];
  for (const name of files) {
    const read = readManifests(await readText(name, session, MAX_BYTES), {
      file: nameOf(name),
      ...(namespace === undefined ? {} : { namespace }),
    });
    if (hasErrors(read.findings)) throw refused(read.findings);
    all.push(...read.manifests);
  }
  return all;
}
