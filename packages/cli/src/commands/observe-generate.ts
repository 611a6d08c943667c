/** `tinct observe generate`: what a Prometheus, its operator, an Alertmanager and a Grafana need to watch releases. */
import { TinctError } from '@tinct/core';
import { DEFAULT_RUNBOOKS, observeFiles } from '@tinct/istio-config';
import { defineCommand } from '../frame/command.ts';
import { text, wholeNumber } from '../frame/kinds.ts';
import { optional, withDefault } from '../frame/options.ts';
import { writeFolder } from '../io/folder.ts';
import { parseOrThrow, readPlan } from '../plan/load.ts';
import { planArgument, planOf, planOption } from '../plan/options.ts';

const USUAL = 'tinct.rules.yaml';

export const observeGenerateCommand = defineCommand({
  name: 'observe generate',
  group: 'Watch versions',
  summary: 'Write alerts, dashboards, searches and what else is needed to watch releases.',
  description: [
    'Recording rules and alerts are the same for every plan: they are grouped by release and joined to the objectives and owners that the edges export. Write them once; a new release needs no new rule.',
    'The files: tinct.rules.yaml for a plain Prometheus; prometheus-rule.yaml, service-monitor.yaml and pod-monitor.yaml for its operator; alertmanager.yaml, a sample of routes and inhibitions; tinct-istio.rules.yaml, the same questions to Istio’s own series, for those without Tinct’s edge.',
    'Dashboards for Grafana: grafana-overview.json, grafana-release.json and grafana-health.json, to import or to provision from a folder, and grafana-dashboards.yaml, the same as ConfigMaps with the label grafana_dashboard for the sidecar of Grafana’s Helm chart.',
    'For logs: logs-template.json, the fields that OpenSearch or Elasticsearch keeps; logs-fluent-bit.yaml, logs-filebeat.yml and logs-rsyslog.conf, which fill it; logs-queries.json and logs-searches.ndjson, which find the errors of each new version.',
    'The same plan gives the same bytes. Each alert has a page in docs/runbooks.',
  ],
  arguments: { plan: planArgument },
  options: {
    plan: planOption,
    folder: optional(text('a folder'), {
      value: 'DIR',
      short: 'o',
      fallback: 'one file, to stdout',
      help: 'Where all of the files are written; the folder is made if it is not there.',
    }),
    file: withDefault(text('the name of one of the files'), USUAL, {
      value: 'NAME',
      help: 'Which of the files goes to stdout.',
    }),
    runbooks: withDefault(text('a URL or a path'), DEFAULT_RUNBOOKS, {
      value: 'URL',
      help: 'Where your copies of the runbooks are.',
    }),
    compress: withDefault(wholeNumber(1, 1000), '1', {
      value: 'N',
      help: 'Every window and wait N times shorter, to see alerts come and go while you watch.',
    }),
  },
  examples: [
    { does: 'Rules for a plain Prometheus', line: 'tinct observe generate plan.yaml' },
    {
      does: 'The dashboard of one release',
      line: 'tinct observe generate plan.yaml --file grafana-release.json',
    },
    { does: 'Everything, into a folder', line: 'tinct observe generate plan.yaml -o monitoring' },
  ],
  exits: { fine: 'Generated.', findings: 'The plan has errors.' },
  async run({ options, arguments: positional }, session) {
    const { folder, file, runbooks, compress } = options;
    const source = planOf(options.plan, positional.plan);
    const { plan } = parseOrThrow(await readPlan(source, session), false);
    // Grafana's SDK is loaded here and nowhere else.
    const { grafanaFiles } = await import('@tinct/istio-config/grafana');
    const files = [...observeFiles(plan, { runbooks, compress }), ...grafanaFiles(plan)];
    if (folder !== undefined) {
      await writeFolder(folder, files, session);
      return 'fine';
    }
    const found = files.find(({ name }) => name === file);
    if (found === undefined)
      throw new TinctError('TINCT_CLI_ARGUMENTS', `there is no file \`${file}\``, {
        hint: `one of ${files.map(({ name }) => name).join(', ')}`,
      });
    await session.out.write(found.text);
    return 'fine';
  },
});
