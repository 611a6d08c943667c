/** `tinct abort`: every edge takes a release back, now. */
import { TinctError } from '@tinct/core/basics';
import {
  type AbortAnswer,
  ADMIN_TOKEN,
  type Asking,
  askForAbort,
  replicasOf,
} from '../admin/client.ts';
import { defineCommand } from '../frame/command.ts';
import { duration, file, text, url } from '../frame/kinds.ts';
import { flag, many, optional, required, withDefault } from '../frame/options.ts';
import type { Style } from '../frame/printer.ts';
import type { Session } from '../frame/session.ts';
import { tokenOf } from '../io/token.ts';
import { outputOption } from '../plan/options.ts';
import { jsonText } from '../text/json.ts';

export const abortCommand = defineCommand({
  name: 'abort',
  group: 'Run the edge',
  summary: 'Tell running edges to take a release back: everyone gets stable at the next request.',
  description: [
    'Asks the admin server of every edge named, all at once, and says of each whether it confirmed. It ends the release’s epoch there: no plan of the same epoch brings it back. Edges that start later know nothing of it, so write it into the plan as well.',
    `The token is taken from ${ADMIN_TOKEN} or --token-file, never from an argument.`,
  ],
  arguments: {
    release: required(text('the name of a release'), { value: 'RELEASE', help: 'The release.' }),
  },
  options: {
    admin: many(url, { value: 'URL', help: 'The admin server of an edge: http://10.0.0.7:9900.' }),
    replicas: flag('Each URL’s host is a name that lists the replicas: ask every address of it.'),
    'token-file': optional(file, { value: 'FILE', help: 'A file that holds the token.' }),
    timeout: withDefault(duration, '10s', {
      value: 'TIME',
      help: 'How long an edge may take to answer.',
    }),
    output: outputOption,
  },
  examples: [
    {
      does: 'Two edges, by address',
      line: 'tinct abort my-service --admin http://10.0.0.7:9900 --admin http://10.0.0.8:9900',
    },
    {
      does: 'All pods behind a headless Service',
      line: 'tinct abort my-service --replicas --admin http://tinct-admin.edge.svc:9900',
    },
  ],
  exits: {
    fine: 'Every edge confirmed.',
    findings: 'An edge did not confirm.',
  },
  async run({ options, arguments: { release } }, session) {
    const { admin, replicas, output } = options;
    if (admin.length === 0)
      throw new TinctError('TINCT_CLI_ARGUMENTS', '--admin is missing', {
        hint: 'name the admin server of each edge: --admin http://10.0.0.7:9900',
      });
    const token = await tokenOf(options['token-file'], ADMIN_TOKEN, session);
    const asking = { token, timeoutMs: options.timeout, signal: session.signal };
    const answers = await askAll(admin, release, replicas, asking);
    const { out } = session;
    await out.write(
      output === 'json'
        ? jsonText({ release, edges: answers })
        : asText(release, answers, out.style),
    );
    return answers.every(({ confirmed }) => confirmed) ? 'fine' : unconfirmed(answers, session);
  },
});

async function askAll(
  urls: readonly URL[],
  release: string,
  replicas: boolean,
  asking: Asking,
): Promise<readonly AbortAnswer[]> {
  const answers = urls.map(async (each): Promise<readonly AbortAnswer[]> => {
    if (!replicas) return [await askForAbort(each, release, asking)];
    const found = await replicasOf(each).catch(() => []);
    if (found.length === 0)
      return [{ url: each.href, confirmed: false, text: 'the name lists no address' }];
    return Promise.all(found.map((replica) => askForAbort(replica, release, asking)));
  });
  return (await Promise.all(answers)).flat();
}

function asText(release: string, answers: readonly AbortAnswer[], style: Style): string {
  const lines = answers.map(({ url: edge, confirmed, text: said }) => {
    const mark = confirmed ? style.green('confirmed') : style.red('NOT CONFIRMED');
    return `${mark}  ${edge}  ${said}\n`;
  });
  const confirmed = answers.filter((answer) => answer.confirmed).length;
  return `${lines.join('')}${confirmed} of ${answers.length} edges confirmed.
Write it into the plan too, for edges that start later:
  tinct plan abort ${release} --plan plan.yaml
`;
}

async function unconfirmed(answers: readonly AbortAnswer[], { err }: Session): Promise<'findings'> {
  const silent = answers.filter(({ confirmed }) => !confirmed).length;
  const { code, message, hint } = new TinctError(
    'TINCT_ABORT_UNCONFIRMED',
    `${silent} of ${answers.length} edges did not confirm`,
  );
  const { style } = err;
  await err.write(`${style.red('error')} ${style.dim(code)} ${message}\n    hint: ${hint}\n`);
  return 'findings';
}
