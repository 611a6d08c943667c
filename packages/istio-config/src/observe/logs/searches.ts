/** What people look for in the log: queries for the store, and the same as saved searches. Pure. */
import type { Plan, Release } from '@tinct/core';
import { STREAMS } from './template.ts';

export interface Search {
  /** A name for files and programs. */
  readonly name: string;
  readonly title: string;
  readonly columns: readonly string[];
  /** In Lucene's syntax, which OpenSearch, Elasticsearch and their dashboards all read. */
  readonly query: string;
}

/** What the edge says of a request that failed. */
const FAILED = 'event.outcome:failure AND http.response.status_code:*';
/** Written once of each kind that stable has not had, beside the line of the error itself. */
const NEW = 'event.action:new-error';
/** What a service that got the request says. */
const TOLD = `log.level:(error OR fatal) AND NOT ${NEW}`;

const variantsOf = ({ services, stable }: Release): string[] =>
  [...new Set(services.flatMap(({ subsets }) => Object.keys(subsets)))].filter(
    (variant) => variant !== stable,
  );

function searchesOf(release: Release): Search[] {
  return variantsOf(release).flatMap((variant): Search[] => {
    const of = `${release.name}-${variant}`;
    const which = `${release.name} ${variant}`;
    const isOf = `tinct.variants:"${release.name}=${variant}"`;
    return [
      {
        name: `failed-requests-${of}`,
        title: `Failed requests of ${which} only`,
        columns: ['http.response.status_code', 'url.path', 'tinct.revision', 'trace.id'],
        query: `${isOf} AND ${FAILED}`,
      },
      {
        name: `errors-${of}`,
        title: `Errors of ${which} only, in every service`,
        columns: ['service.name', 'error.type', 'error.message', 'tinct.revision', 'trace.id'],
        query: `${isOf} AND ${TOLD}`,
      },
      {
        name: `new-errors-${of}`,
        title: `New errors of ${which}`,
        columns: ['service.name', 'error.type', 'error.message', 'trace.id'],
        query: `${isOf} AND ${NEW}`,
      },
    ];
  });
}

/** For each release and each of its versions that is not stable. */
export const searchesIn = ({ releases }: Plan): Search[] =>
  Object.values(releases).flatMap(searchesOf);

const NEWEST = 50;

/** By name: the body of `POST /logs-tinct-default/_search`. */
export function queries(searches: readonly Search[]): object {
  const bodies = searches.map(({ name, query }) => [
    name,
    {
      query: { bool: { filter: [{ query_string: { query } }] } },
      sort: [{ '@timestamp': 'desc' }],
      size: NEWEST,
    },
  ]);
  return Object.fromEntries(bodies);
}

const PATTERN = { type: 'index-pattern', id: 'tinct-logs' };
const INDEX = 'kibanaSavedObjectMeta.searchSourceJSON.index';

function savedSearch({ name, title, columns, query }: Search): object {
  const source = { query: { language: 'lucene', query }, filter: [], indexRefName: INDEX };
  return {
    type: 'search',
    id: `tinct-${name}`,
    attributes: {
      title,
      columns,
      sort: [['@timestamp', 'desc']],
      kibanaSavedObjectMeta: { searchSourceJSON: JSON.stringify(source) },
    },
    references: [{ name: INDEX, ...PATTERN }],
  };
}

/** Saved objects, one a line: OpenSearch Dashboards and Kibana import them. */
export function savedObjects(searches: readonly Search[]): string {
  const pattern = {
    ...PATTERN,
    attributes: { title: STREAMS, timeFieldName: '@timestamp' },
    references: [],
  };
  return [pattern, ...searches.map(savedSearch)]
    .map((object) => `${JSON.stringify(object)}\n`)
    .join('');
}
