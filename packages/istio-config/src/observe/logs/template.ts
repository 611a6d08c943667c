/** How a log store keeps the lines of edges and services: a template of the data stream. Pure. */

/** Where shippers write. Elasticsearch's own names: `logs`, the dataset, the namespace. */
export const STREAM = 'logs-tinct-default';
export const STREAMS = 'logs-tinct-*';

const keyword = { type: 'keyword', ignore_above: 1024 };
const long = { type: 'long' };
const text = { type: 'text', fields: { keyword } };

/** Above the template that Elasticsearch brings for `logs-*-*` (100). */
const PRIORITY = 500;

/**
 * What lines may be searched by. Nothing else becomes a field, whatever a service logs: the number of fields stays, and
 * the line is kept whole.
 */
const PROPERTIES = {
  '@timestamp': { type: 'date' },
  message: text,
  ecs: { properties: { version: keyword } },
  log: { properties: { level: keyword, logger: keyword } },
  service: { properties: { name: keyword, version: keyword } },
  event: { properties: { action: keyword, outcome: keyword, duration: long } },
  error: { properties: { id: keyword, code: keyword, type: keyword, message: text } },
  http: {
    properties: {
      version: keyword,
      request: { properties: { method: keyword } },
      response: { properties: { status_code: long } },
    },
  },
  url: { properties: { path: keyword, full: keyword } },
  client: { properties: { address: keyword } },
  trace: { properties: { id: keyword } },
  span: { properties: { id: keyword } },
  tinct: {
    properties: {
      variants: keyword,
      decisions: keyword,
      revision: long,
      release: keyword,
      epoch: long,
      fault: keyword,
    },
  },
};

/** The same for OpenSearch and Elasticsearch: `PUT _index_template/tinct-logs`. */
export function indexTemplate(): object {
  return {
    index_patterns: [STREAMS],
    data_stream: {},
    priority: PRIORITY,
    template: { mappings: { dynamic: false, properties: PROPERTIES } },
    _meta: { managed_by: 'tinct' },
  };
}
