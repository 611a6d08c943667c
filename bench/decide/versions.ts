import { readFileSync } from 'node:fs';
import { join } from 'node:path';

interface Manifest {
  readonly version: string;
  readonly devDependencies?: Readonly<Record<string, string>>;
}

const manifest = (file: string): Manifest =>
  JSON.parse(readFileSync(join(import.meta.dirname, file), 'utf8'));

const peers = manifest('../package.json').devDependencies ?? {};

/** Contestant → version; exact, since package.json names no ranges. */
export const versions: Readonly<Record<string, string>> = {
  tinct: manifest('../../packages/core/package.json').version,
  'unleash-client': peers['unleash-client'] ?? '',
  'flagd-core': peers['@openfeature/flagd-core'] ?? '',
  growthbook: peers['@growthbook/growthbook'] ?? '',
};
