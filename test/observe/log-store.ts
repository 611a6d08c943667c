/** A real OpenSearch, and a real shipper that fills it: rsyslog. */
import { spawn, spawnSync } from 'node:child_process';
import { globSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import type { Test } from 'tap';
import { ended, started } from '../../packages/proxy/test/parts.ts';
import { bringJars, jarsOf } from '../../packages/sdk/test/maven.ts';

const PARTS = 'opensearch-3.8.0';
const MAIN = 'org.codelibs.opensearch.runner.OpenSearchRunner';
/** OpenSearch 3 needs it. */
const JAVA = 21;

const versionOf = (java: string): number =>
  Number(/version "(\d+)/.exec(spawnSync(java, ['-version'], { encoding: 'utf8' }).stderr)?.[1]);

/** A Java that is new enough, beside the usual one where need be. */
function findJava(): string | undefined {
  const home = process.env['JAVA_HOME'];
  const usual = [...(home === undefined ? [] : [join(home, 'bin/java')]), 'java'];
  return [...usual, ...globSync('/usr/lib/jvm/*/bin/java')].find((java) => versionOf(java) >= JAVA);
}

/** Brings OpenSearch and looks for rsyslog. Says what is missing, if something is. */
export function prepareLogStore(): string | undefined {
  if (spawnSync('rsyslogd', ['-v']).status !== 0) return 'rsyslogd is not installed';
  if (findJava() === undefined) return `there is no Java from ${JAVA} on`;
  return bringJars(PARTS, join(import.meta.dirname, 'opensearch.xml'));
}

/** Starts one node of OpenSearch; answers with its URL once it takes requests. */
export async function startOpenSearch(t: Test, folder: string): Promise<string> {
  const args = ['-Xmx1g', '--enable-native-access=ALL-UNNAMED', '-cp', join(jarsOf(PARTS), '*')];
  const node = ['-basePath', join(folder, 'opensearch'), '-numOfNode', '1', '-disableESLogger'];
  const child = spawn(findJava() ?? 'java', [...args, MAIN, ...node], {
    stdio: ['ignore', 'pipe', 'ignore'],
  });
  t.teardown(() => ended(child));
  // It looks for a port that is free, and says which.
  for await (const line of createInterface({ input: child.stdout })) {
    const [, port] = /^HTTP Port: +(\d+)/.exec(line) ?? [];
    if (port === undefined) continue;
    child.stdout.resume();
    return `http://127.0.0.1:${port}`;
  }
  throw new Error('OpenSearch ended before it began');
}

/** Starts rsyslog with the file that `tinct observe generate` wrote, as a machine's own configuration would include it. */
export function startShipper(t: Test, folder: string, files: string, store: string): void {
  const main = join(folder, 'rsyslog.conf');
  const generated = join(folder, 'logs-rsyslog.conf');
  writeFileSync(main, `global(workDirectory="${folder}")\ninclude(file="${generated}")\n`);
  const env = { ...process.env, TINCT_LOG_FILES: files, TINCT_LOG_STORE: store };
  started(t, 'rsyslogd', ['-n', '-f', main, '-i', join(folder, 'rsyslog.pid')], env);
}

export interface Found {
  readonly total: number;
  readonly lines: readonly Record<string, unknown>[];
}

interface SearchAnswer {
  readonly hits?: {
    readonly total: { readonly value: number };
    readonly hits: readonly { readonly _source: Record<string, unknown> }[];
  };
}

/** Asks; a stream that is not there yet has nothing. */
export async function find(url: string, body: object): Promise<Found> {
  const answer = await fetch(url, {
    method: 'POST',
    headers: { 'content-type': 'application/json' },
    body: JSON.stringify(body),
  });
  const { hits } = (await answer.json()) as SearchAnswer;
  return { total: hits?.total.value ?? 0, lines: (hits?.hits ?? []).map(({ _source }) => _source) };
}
