/** `tinct explain`: which variant a request gets, and the whole way there. */
import { type CompiledPlan, type CompiledRelease, type Explanation, explain } from '@tinct/core';
import { defineCommand } from '../frame/command.ts';
import { assignment, header, time } from '../frame/kinds.ts';
import { flag, many, optional } from '../frame/options.ts';
import type { Style } from '../frame/printer.ts';
import { nameOf } from '../io/read.ts';
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
import { type ReadRequest, readRequest } from '../plan/request.ts';
import { jsonText } from '../text/json.ts';
import { identityLines, storyLines } from '../text/story.ts';
import { indented } from '../text/table.ts';

interface Told {
  readonly file: string;
  readonly compiled: CompiledPlan;
  readonly request: ReadRequest;
  readonly releases: readonly { readonly release: CompiledRelease; readonly told: Explanation }[];
  /** Releases that do not apply to the request's host and path. */
  readonly elsewhere: readonly string[];
}

export const explainCommand = defineCommand({
  name: 'explain',
  group: 'Understand a plan',
  summary: 'Say which variant a request gets, and the whole way there.',
  description: [
    'Reads the request as the edge does, by the identity sources and attributes of the plan, and walks the rules of each release in their order: each condition with its answer, the bucket beside the percentage, and why it ended so.',
    'The request counts as coming from a trusted hop, so headers with `trust: hops` are believed; --untrusted shows what any other client gets. Tokens are not verified here: say with --unit whom they name.',
  ],
  arguments: { plan: planArgument },
  options: {
    plan: planOption,
    header: many(header, {
      value: "'NAME: VALUE'",
      short: 'H',
      help: 'A header of the request; can be repeated.',
    }),
    cookie: many(assignment, { value: 'NAME=VALUE', short: 'b', help: 'A cookie of the request.' }),
    unit: many(assignment, {
      value: 'TYPE=KEY',
      short: 'u',
      help: 'A unit, whatever the request says: user=123.',
    }),
    attr: attributeOption,
    host: hostOption,
    path: pathOption,
    release: releasesOption,
    untrusted: flag('The request does not come from a trusted hop.'),
    now: optional(time, { value: 'TIME', fallback: 'now', help: 'When it happens, in RFC 3339.' }),
    output: outputOption,
  },
  examples: [
    {
      does: 'Which version does user 123 get, and why?',
      line: "tinct explain --plan plan.yaml --header 'user-id: 123'",
    },
    {
      does: 'A visitor of one host, with an attribute',
      line: 'tinct explain plan.yaml --host shop.example --unit user=124 --attr country=de',
    },
    {
      does: 'For a program',
      line: 'tinct explain plan.yaml --unit user=123 --release my-service --output json',
    },
  ],
  exits: {
    fine: 'Explained, whatever the variant is.',
    findings: 'The plan or one of its lists has errors.',
  },
  async run({ options, arguments: positional }, session) {
    const file = planOf(options.plan, positional.plan);
    const compiled = await compileFile(file, session);
    const request = readRequest(compiled.plan, {
      headers: options.header,
      cookies: options.cookie,
      attributes: options.attr,
      units: options.unit,
      trusted: !options.untrusted,
      now: options.now ?? session.now(),
    });
    const { chosen, elsewhere } = chosenReleases(compiled, options);
    const releases = chosen.map((release) => ({
      release,
      told: explain(release, request.context),
    }));
    const told: Told = { file: nameOf(file), compiled, request, releases, elsewhere };
    const { out } = session;
    await out.write(options.output === 'json' ? jsonText(asJson(told)) : asText(told, out.style));
    return 'fine';
  },
});

function asText({ file, compiled, request, releases, elsewhere }: Told, style: Style): string {
  const { plan } = compiled;
  const lines = [
    `${style.bold(plan.name)} revision ${plan.revision} (${file})`,
    '',
    ...indented(identityLines(request.identity)),
    ...releases.flatMap(({ release, told }) => ['', ...storyLines(release, told, style)]),
    ...(releases.length === 0 ? ['', 'No release applies.'] : []),
    ...(elsewhere.length === 0 ? [] : ['', `Do not apply here: ${elsewhere.join(', ')}.`]),
  ];
  return `${lines.join('\n')}\n`;
}

function asJson({ file, compiled, request, releases, elsewhere }: Told): unknown {
  const { name, revision } = compiled.plan;
  const { units, attributes, now } = request.context;
  return {
    plan: { file, name, revision },
    request: { units, attributes, now: new Date(now).toISOString(), identity: request.identity },
    releases: releases.map(({ release, told }) => ({ header: release.header, ...told })),
    elsewhere,
  };
}
