/** `tinct errors`: the kinds of error that the new version has and stable has not. */
import { mergeErrorReports, newErrorsIn } from '@tinct/core';
import { TinctError } from '@tinct/core/basics';
import { replicasOf } from '../admin/client.ts';
import { type Answer, type Asking, askForErrors } from '../errors/client.ts';
import { errorsText, silentText } from '../errors/text.ts';
import { defineCommand } from '../frame/command.ts';
import { duration, text, url } from '../frame/kinds.ts';
import { flag, many, optional, required, withDefault } from '../frame/options.ts';
import { outputOption } from '../plan/options.ts';
import { jsonText } from '../text/json.ts';

export const errorsCommand = defineCommand({
  name: 'errors',
  group: 'Watch a release',
  summary: 'List the kinds of error that the new version has and stable has not.',
  description: [
    'Asks services for the errors of the last hour that they keep (`newErrors` of @tinct/sdk), puts the books of all of them together, and lists what stable has not had. Name every replica of both versions: a pod of the new version knows nothing of stable.',
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
      does: 'All pods of both versions, behind a headless Service',
      line: 'tinct errors my-service --replicas --from http://my-service-pods.shop.svc:3000/errors',
    },
  ],
  exits: {
    fine: 'Nothing is new.',
    findings: 'Something is new, or a service did not answer.',
  },
  async run({ options, arguments: { release } }, { out, err, signal }) {
    const { from, replicas, output } = options;
    if (from.length === 0)
      throw new TinctError('TINCT_CLI_ARGUMENTS', '--from is missing', {
        hint: 'say where the services answer: --from http://10.0.0.7:3000/errors',
      });
    const asking = { timeoutMs: options.timeout, signal };
    const answers = await askAll(from, release, replicas, asking);
    const silent = answers.filter(({ report }) => report === undefined);
    await err.write(silentText(silent, err.style));
    const report = mergeErrorReports(answers.flatMap((answer) => answer.report ?? []));
    const stable = options.stable ?? agreed(answers);
    const found = newErrorsIn(report, stable);
    await out.write(
      output === 'json'
        ? jsonText({ release, stable, ...report, newErrors: found })
        : errorsText(release, stable, found, report, out.style),
    );
    const isNew = found.some(({ verdict }) => verdict === 'new');
    return isNew || silent.length > 0 ? 'findings' : 'fine';
  },
});

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
