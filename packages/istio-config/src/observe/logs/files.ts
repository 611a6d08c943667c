/** Everything that a log store, its dashboards and the programs that fill it are given. Pure. */
import type { Plan } from '@tinct/core';
import type { RenderedFile } from '../../documents/render.ts';
import { queries, savedObjects, searchesIn } from './searches.ts';
import { filebeat, fluentBit, rsyslog } from './shippers.ts';
import { indexTemplate } from './template.ts';

const json = (value: object): string => `${JSON.stringify(value, undefined, 2)}\n`;

/** By what each file is for; names never change. */
export function logFiles(plan: Plan): RenderedFile[] {
  const searches = searchesIn(plan);
  return [
    { name: 'logs-template.json', text: json(indexTemplate()) },
    { name: 'logs-fluent-bit.yaml', text: fluentBit() },
    { name: 'logs-filebeat.yml', text: filebeat() },
    { name: 'logs-rsyslog.conf', text: rsyslog() },
    { name: 'logs-queries.json', text: json(queries(searches)) },
    { name: 'logs-searches.ndjson', text: savedObjects(searches) },
  ];
}
