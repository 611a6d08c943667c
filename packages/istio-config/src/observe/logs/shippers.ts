/** Configurations of programs that carry lines of files into the log store. Pure. */
import { renderDocument } from '../../documents/render.ts';
import { STREAM } from './template.ts';

/** How Fluent Bit and Filebeat write what their environment says. */
const variable = (name: string): string => `$\{${name}}`;

/** Files that edges and services write: on a node of Kubernetes such as `/var/log/containers/*_shop_*.log`. */
const FILES = 'TINCT_LOG_FILES';

const note = (...lines: readonly string[]): string => lines.map((line) => `# ${line}\n`).join('');

const environment = (...names: readonly string[]): string =>
  `Its environment: ${names.join(', ')}.`;

/** Fluent Bit 3.2 or newer, on each node of a cluster, into OpenSearch. */
export function fluentBit(): string {
  const config = {
    service: { flush: 1, log_level: 'info' },
    parsers: [
      {
        ...{ name: 'tinct', format: 'json' },
        ...{ time_key: '@timestamp', time_format: '%Y-%m-%dT%H:%M:%S.%LZ' },
      },
    ],
    pipeline: {
      inputs: [
        {
          ...{ name: 'tail', tag: 'tinct', path: variable(FILES) },
          ...{ 'multiline.parser': 'docker, cri', db: '/var/lib/fluent-bit/tinct.db' },
          skip_long_lines: 'on',
        },
      ],
      filters: [
        { name: 'parser', match: 'tinct', key_name: 'log', parser: 'tinct', reserve_data: 'off' },
      ],
      outputs: [
        {
          ...{ name: 'opensearch', match: 'tinct', index: STREAM, write_operation: 'create' },
          ...{ host: variable('OPENSEARCH_HOST'), port: variable('OPENSEARCH_PORT'), tls: 'on' },
          ...{
            http_user: variable('OPENSEARCH_USER'),
            http_passwd: variable('OPENSEARCH_PASSWORD'),
          },
          ...{ suppress_type_name: 'on', generate_id: 'on', retry_limit: 'no_limits' },
        },
      ],
    },
  };
  return (
    note(
      'Fluent Bit on each node: lines of containers into OpenSearch. For Elasticsearch: `name: es`.',
      environment(
        FILES,
        'OPENSEARCH_HOST',
        'OPENSEARCH_PORT',
        'OPENSEARCH_USER',
        'OPENSEARCH_PASSWORD',
      ),
    ) + renderDocument(config)
  );
}

/** Filebeat 8 or newer, on each node of a cluster, into Elasticsearch. */
export function filebeat(): string {
  const config = {
    'filebeat.inputs': [
      {
        ...{ type: 'filestream', id: 'tinct', paths: [variable(FILES)] },
        'prospector.scanner.symlinks': true,
        parsers: [
          { container: { stream: 'all' } },
          { ndjson: { target: '', overwrite_keys: true, expand_keys: true } },
        ],
        // What is no line of an edge or a service that logs by ECS.
        processors: [{ drop_event: { when: { not: { has_fields: ['service.name'] } } } }],
      },
    ],
    'setup.template.enabled': false,
    'setup.ilm.enabled': false,
    'output.elasticsearch': {
      hosts: [variable('ELASTICSEARCH_URL')],
      username: variable('ELASTICSEARCH_USER'),
      password: variable('ELASTICSEARCH_PASSWORD'),
      index: STREAM,
    },
  };
  return (
    note(
      'Filebeat on each node: lines of containers into Elasticsearch. It refuses OpenSearch: take Fluent Bit there.',
      environment(FILES, 'ELASTICSEARCH_URL', 'ELASTICSEARCH_USER', 'ELASTICSEARCH_PASSWORD'),
    ) + renderDocument(config)
  );
}

const RSYSLOG = `module(load="imfile")
module(load="mmjsonparse")
module(load="omelasticsearch")

template(name="tinct-line" type="string" string="%$!all-json%")
template(name="tinct-id" type="string" string="%$.id%")

ruleset(name="tinct-store") {
  # A line that the store could not take yet comes here again, with its id. What it has (409) or never takes (400) ends.
  if $.omes!status == 409 or $.omes!status == 400 then stop
  if strlen($.omes!_id) > 0 then set $.id = $.omes!_id; else set $.id = $uuid;
  action(type="omelasticsearch"
    server=\`echo $TINCT_LOG_STORE\`
    uid=\`echo $TINCT_LOG_STORE_USER\`
    pwd=\`echo $TINCT_LOG_STORE_PASSWORD\`
    searchIndex="${STREAM}" searchType="" writeoperation="create"
    bulkmode="on" template="tinct-line" bulkid="tinct-id" dynbulkid="on"
    retryfailures="on" retryruleset="tinct-store"
    action.resumeRetryCount="-1" queue.type="LinkedList")
}

ruleset(name="tinct") {
  # What is no JSON, or no line of an edge or a service that logs by ECS, goes no further.
  action(type="mmjsonparse" cookie="")
  if $parsesuccess == "OK" and $!ecs.version != "" then call tinct-store
}

input(type="imfile" file=\`echo $${FILES}\` tag="tinct:" ruleset="tinct" readTimeout="0")
`;

/** rsyslog with rsyslog-elasticsearch, on a machine where edges and services write files. */
export const rsyslog = (): string =>
  note(
    'rsyslog on a machine: lines of files into OpenSearch or Elasticsearch (Debian: rsyslog-elasticsearch).',
    environment(FILES, 'TINCT_LOG_STORE', 'TINCT_LOG_STORE_USER', 'TINCT_LOG_STORE_PASSWORD'),
  ) + RSYSLOG;
