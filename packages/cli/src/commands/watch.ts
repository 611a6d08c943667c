/** `tinct watch`: stable beside canary, live. */
import { TinctError } from '@tinct/core/basics';
import { ADMIN_TOKEN } from '../admin/client.ts';
import { PROMETHEUS_TOKEN } from '../analysis/prometheus.ts';
import { releaseName } from '../analysis/release.ts';
import { servingOf, servingOptions } from '../analysis/serve/options.ts';
import type { ServeOptions } from '../analysis/serve/serve.ts';
import { defineCommand } from '../frame/command.ts';
import type { ExitName } from '../frame/exit.ts';
import { duration, file, url } from '../frame/kinds.ts';
import { flag, many, optional, withDefault } from '../frame/options.ts';
import type { Session } from '../frame/session.ts';
import { tokenOf } from '../io/token.ts';
import { outputOption } from '../plan/options.ts';
import { fromEdges } from '../watch/from-edges.ts';
import { fromPrometheus } from '../watch/from-prometheus.ts';
import { watchOn, watchOnce } from '../watch/watch.ts';

/** Milliseconds. */
const EVERY = 2000;

export const watchCommand = defineCommand({
  name: 'watch',
  group: 'Watch a release',
  summary: 'Show stable beside canary, live; or judge releases for as long as they run (--serve).',
  description: [
    'Asks a Prometheus that scrapes the edges, or the edges themselves by their admin servers. Alerts are known to Prometheus alone.',
    'Canary and control are the users that the same percentage divided; everyone else stands below and is no comparison. Counts and rates are of the window, and only of what the release’s own service answered; users are counted since the analysis began. Several edges count their users for themselves: 120–180 are at least 120 and at most 180. With the edges’ token (--admin) their sketches are merged instead: ~150 is an estimate of different users, and its error is said.',
    'On a terminal it draws in place until Ctrl-C, else a block at each interval; --output json gives an object a line. A source that is lost is said, and the last numbers are marked as old.',
    'With --serve it is a program that runs for long: it compares canary and control of every release of the plan, or of those that are named, as `tinct check` does, and serves /metrics, /healthz, /readyz and /verdict/RELEASE, which answers with the JSON of `tinct check --output json`. With --state it goes on after a restart where it was. SIGTERM ends it with 0. docs/analysis.md says more.',
    `Tokens are taken from ${PROMETHEUS_TOKEN}, ${ADMIN_TOKEN} or --token-file, never from an argument.`,
  ],
  arguments: {
    release: many(releaseName, {
      value: 'RELEASE',
      help: 'The release; with --serve any number, and none for all of the plan.',
    }),
  },
  options: {
    prometheus: optional(url, {
      value: 'URL',
      help: 'Where Prometheus answers: http://prometheus:9090.',
    }),
    admin: many(url, { value: 'URL', help: 'The admin server of an edge: http://10.0.0.7:9900.' }),
    replicas: flag('Each URL’s host is a name that lists the replicas: ask every address of it.'),
    once: flag('One picture. Edges are asked twice for it, as rates need it.'),
    every: optional(duration, {
      value: 'TIME',
      fallback: '2s, and 15s with --serve',
      help: 'How often to look.',
    }),
    window: withDefault(duration, '1m', {
      value: 'TIME',
      help: 'What counts and rates are of; at least two scrapes of Prometheus.',
    }),
    'token-file': optional(file, { value: 'FILE', help: 'A file that holds the token.' }),
    timeout: withDefault(duration, '10s', {
      value: 'TIME',
      help: 'How long an answer may take.',
    }),
    output: outputOption,
    serve: flag('Judge releases and serve the verdicts, until a signal.'),
    ...servingOptions,
  },
  examples: [
    {
      does: 'From Prometheus, with its alerts',
      line: 'tinct watch my-service --prometheus http://prometheus.monitoring:9090',
    },
    {
      does: 'Straight from all edges behind a headless Service',
      line: 'tinct watch my-service --replicas --admin http://tinct-pods.tinct.svc:9900',
    },
    {
      does: 'The analyser, for all releases of the plan',
      line: 'tinct watch --serve --prometheus http://prometheus.monitoring:9090 --plan plan.yaml --state analysis',
    },
    {
      does: 'One picture, for a program',
      line: 'tinct watch my-service --prometheus http://prometheus.monitoring:9090 --once --output json',
    },
  ],
  exits: {
    fine: 'Ended by Ctrl-C; with --once, a picture without trouble.',
    findings:
      'With --once: an alert fires, an edge did not answer, or edges hold different revisions.',
    inconclusive: 'With --once: nobody could be asked, or nobody knows the release.',
  },
  async run({ options, arguments: { release: releases } }, session) {
    if (options.serve) return served(await servingOf(releases, options, session), session);
    const release = onlyOne(releases);
    const { prometheus, admin, replicas, once, every = EVERY, output, window: windowMs } = options;
    if ((prometheus === undefined) === (admin.length === 0))
      throw new TinctError(
        'TINCT_CLI_ARGUMENTS',
        prometheus === undefined
          ? '--prometheus or --admin is missing'
          : '--prometheus and --admin are both given',
        { hint: 'say whom to ask: --prometheus http://prometheus:9090, or each edge by --admin' },
      );
    const variable = prometheus === undefined ? ADMIN_TOKEN : PROMETHEUS_TOKEN;
    const asking = {
      ...{ release, windowMs, timeoutMs: options.timeout },
      ...{ signal: session.signal, now: session.now },
      token: await tokenOf(options['token-file'], variable, session),
    };
    const source =
      prometheus === undefined
        ? fromEdges({ ...asking, urls: admin, replicas })
        : fromPrometheus(prometheus, asking);
    const watching = { release, every, output };
    if (!once) return watchOn(source, watching, session);
    return watchOnce(source, { ...watching, scrapes: prometheus === undefined ? 2 : 1 }, session);
  },
});

/** The analyser serves as the edge's admin server does, and brings all of that along: whoever only looks does without. */
async function served(options: ServeOptions, session: Session): Promise<ExitName> {
  const { serveVerdicts } = await import('../analysis/serve/serve.ts');
  return serveVerdicts(options, session);
}

function onlyOne([release, ...others]: readonly string[]): string {
  if (release !== undefined && others.length === 0) return release;
  throw new TinctError('TINCT_CLI_ARGUMENTS', 'one release is to be named', {
    hint: 'several, or all of the plan, with --serve',
  });
}
