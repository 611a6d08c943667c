/** `tinct errors`: the kinds of error that the new version has and stable has not. */

import { TinctError } from '@tinct/core/basics';
import { type ErrorReport, mergeErrorReports, newErrorsIn } from '@tinct/core/watching';
import { ADMIN_TOKEN, replicasOf } from '../admin/client.ts';
import { type Answer, type Asking, askForErrors } from '../errors/client.ts';
import { errorsText, silentText } from '../errors/text.ts';
import { defineCommand } from '../frame/command.ts';
import { duration, file, text, url } from '../frame/kinds.ts';
import { flag, many, optional, required, withDefault } from '../frame/options.ts';
import { tokenOf } from '../io/token.ts';
import { outputOption } from '../plan/options.ts';
import { jsonText } from '../text/json.ts';

export const errorsCommand = defineCommand({
  name: 'errors',
  group: 'Watch a release',
  summary: 'List the kinds of error that the new version has and stable has not.',
  description: [
    'Asks services for the errors of the last hour that they keep (`newErrors` of @tinct/sdk), puts the books of all of them together, and lists what stable has not had. Name every replica of both versions: a pod of the new version knows nothing of stable.',
    `Edges keep errors too, as far as they see them: status, path, what broke on the way; no body. Each source is compared with itself, edges with edges and services with services. An edge’s token is taken from ${ADMIN_TOKEN} or --token-file, never from an argument.`,
    'An error is `new` when at least three of its kind were to be expected in stable, if stable were as bad, and there was none; `unsure` when stable had too few requests to tell.',
  ],
  arguments: {
    release: required(text('the name of a release'), { value: 'RELEASE', help: 'The release.' }),
  },
  options: {
    from: many(url, {
      value: 'URL',
      help: 'Where a service answers with its report; the release’s name is put behind it.',
    }),
    edge: many(url, {
      value: 'URL',
      help: 'The admin server of an edge, which keeps what it sees: http://10.0.0.7:9900.',
    }),
    'token-file': optional(file, { value: 'FILE', help: 'A file that holds the edges’ token.' }),
    replicas: flag('Each URL’s host is a name that lists the replicas: ask every address of it.'),
    stable: optional(text('a variant'), {
      value: 'VARIANT',
      help: 'The stable variant. Default: what the services say.',
    }),
    timeout: withDefault(duration, '10s', {
      value: 'TIME',
      help: 'How long a service may take to answer.',
    }),
    output: outputOption,
  },
  examples: [
    {
      does: 'All edges behind a headless Service, which see status and path of each error',
      line: 'tinct errors my-service --replicas --edge http://tinct-pods.tinct.svc:9900',
    },
    {
      does: 'All pods of both versions, behind a headless Service',
      line: 'tinct errors my-service --replicas --from http://my-service-pods.shop.svc:3000/errors',
    },
  ],
  exits: {
    fine: 'Nothing is new.',
    findings: 'Something is new, or who was asked did not answer.',
  },
  async run({ options, arguments: { release } }, session) {
    const { out, err, signal } = session;
    const { from, edge, replicas, output } = options;
    if (from.length + edge.length === 0)
      throw new TinctError('TINCT_CLI_ARGUMENTS', '--from and --edge are missing', {
        hint: 'say where services answer, --from http://10.0.0.7:3000/errors, or edges: --edge http://10.0.0.8:9900',
      });
    const asking = { token: undefined, timeoutMs: options.timeout, signal };
    const token =
      edge.length === 0 ? undefined : await tokenOf(options['token-file'], ADMIN_TOKEN, session);
    const [services, edges] = await Promise.all([
      askAll(from, release, replicas, asking),
      askAll(edge.map(errorsAt), release, replicas, { ...asking, token }),
    ]);
    const answers = [...services, ...edges];
    const silent = answers.filter(({ report }) => report === undefined);
    await err.write(silentText(silent, err.style));
    const stable = options.stable ?? agreed(answers);
    const reports = [services, edges].map((one) =>
      mergeErrorReports(one.flatMap((answer) => answer.report ?? [])),
    );
    const found = reports.flatMap((report) => newErrorsIn(report, stable));
    const report = together(reports);
    await out.write(
      output === 'json'
        ? jsonText({ release, stable, ...report, newErrors: found })
        : errorsText(release, stable, found, report, out.style),
    );
    const isNew = found.some(({ verdict }) => verdict === 'new');
    return isNew || silent.length > 0 ? 'findings' : 'fine';
  },
});

/** Where an edge's admin server keeps errors. */
function errorsAt(admin: URL): URL {
  return new URL(`${admin.href.replace(/\/$/, '')}/errors`);
}

/** What both kinds of sources say; a request that a service and an edge saw is one: the services' count, if there is one. */
function together([services, edges]: readonly ErrorReport[]): ErrorReport {
  const counted = Object.keys(services?.requests ?? {}).length > 0 ? services : edges;
  return {
    requests: counted?.requests ?? {},
    errors: [...(services?.errors ?? []), ...(edges?.errors ?? [])],
    dropped: (services?.dropped ?? 0) + (edges?.dropped ?? 0),
  };
}

async function askAll(
  urls: readonly URL[],
  release: string,
  replicas: boolean,
  asking: Asking,
): Promise<readonly Answer[]> {
  const answers = urls.map(async (each): Promise<readonly Answer[]> => {
    const found = replicas ? await replicasOf(each).catch(() => []) : [each];
    const nobody = { report: undefined, stable: undefined, text: 'the name lists no address' };
    if (found.length === 0) return [{ url: each.href, ...nobody }];
    return Promise.all(found.map((replica) => askForErrors(replica, release, asking)));
  });
  return (await Promise.all(answers)).flat();
}

/** What those who know say is stable; pods of the new version alone don't know. */
function agreed(answers: readonly Answer[]): string {
  const said = new Set(answers.flatMap(({ stable }) => stable ?? []));
  const [only, ...more] = said;
  if (only !== undefined && more.length === 0) return only;
  throw new TinctError(
    'TINCT_CLI_ARGUMENTS',
    only === undefined
      ? 'no service says which variant is stable'
      : `the services do not agree on which variant is stable: ${[...said].join(', ')}`,
    { hint: 'say it: --stable v1' },
  );
}
