/** Programs that Maven has and npm hasn't: their jars, brought once. */
import { spawnSync } from 'node:child_process';
import { cpSync, existsSync, mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';

/** Git ignores it; what Maven brought is there the next time. */
const CACHE = join(import.meta.dirname, '../../../.cache');
const COPY = 'org.apache.maven.plugins:maven-dependency-plugin:3.11.0:copy-dependencies';

/** Some 60 MB at first: half a minute where the network is quick. */
export const MAVEN_MAY_TAKE_MS = 300_000;

/** Where the jars of {@link bringJars} are. */
export const jarsOf = (name: string): string => join(CACHE, name, 'lib');

/** Brings what a `pom.xml` names. `name`: of the folder, with the version. Says what is missing, if something is. */
export function bringJars(name: string, pom: string): string | undefined {
  if (spawnSync('mvn', ['-version'], { stdio: 'ignore' }).status !== 0)
    return 'mvn is not installed';
  const folder = join(CACHE, name);
  if (existsSync(join(folder, 'ready'))) return undefined;
  mkdirSync(folder, { recursive: true });
  cpSync(pom, join(folder, 'pom.xml'));
  const { status, stdout } = spawnSync('mvn', ['-B', '-q', COPY, '-DoutputDirectory=lib'], {
    cwd: folder,
    encoding: 'utf8',
    stdio: ['ignore', 'pipe', 'inherit'],
    timeout: MAVEN_MAY_TAKE_MS,
  });
  if (status !== 0) return `Maven could not bring ${name}: ${stdout.trim() || 'it took too long'}`;
  writeFileSync(join(folder, 'ready'), '');
  return undefined;
}
