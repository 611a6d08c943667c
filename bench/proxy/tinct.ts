/** `tinct proxy` as one would run it, with everything on: plan, memory, cookie keys, limits, state, admin server. */
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { formatKeySet, generateKey } from '@tinct/sdk';
import type { Place } from './place.ts';

const MAIN = join(import.meta.dirname, '../../packages/cli/src/main.ts');

const release = (name: string, rules: readonly object[]) => ({
  stable: 'v1',
  memory: { maxAge: '30d' },
  scope: { hosts: [`${name}.example`], paths: ['/'] },
  services: { [name]: { host: name, subsets: { v1: { version: 'v1' }, v2: { version: 'v2' } } } },
  rules: [...rules, { percent: 10, variant: 'v2' }],
});

/** The plan of the benchmark; `others`: releases of other hosts. */
export function planText(others = 0): string {
  const vips = Array.from({ length: 1000 }, (_, i) => `vip-${i}`);
  const names = Array.from({ length: others }, (_, i) => `other-${i}`);
  return JSON.stringify({
    apiVersion: 'tinct.dev/v1',
    kind: 'Plan',
    metadata: { name: 'bench', revision: 1 },
    identity: [
      { unit: 'user', header: 'x-user-id' },
      { unit: 'anonymous', issued: {} },
    ],
    releases: {
      shop: release('shop', [{ users: vips, variant: 'v2' }]),
      ...Object.fromEntries(names.map((name) => [name, release(name, [])])),
    },
  });
}

export function configuration({ port, v1, v2, folder }: Place, more: object = {}): object {
  const urls = { v1: `http://127.0.0.1:${v1}`, v2: `http://127.0.0.1:${v2}` };
  return {
    listen: { port },
    upstream: urls.v1,
    direct: { shop: urls },
    plan: { file: join(folder, 'plan.json') },
    keys: join(folder, 'keys.json'),
    state: join(folder, 'state'),
    trustedHops: ['127.0.0.1'],
    trustedForDecisions: ['10.0.0.0/8'],
    debugToken: 'a-token-for-debugging',
    limits: { connections: 20_000, requests: 10_000 },
    admin: { port: 0, token: 'a-token-for-the-admin' },
    ...more,
  };
}

/** Writes configuration, plan and keys; `more` is put over the configuration. */
export function tinctCommand(place: Place, more: object = {}, others = 0): readonly string[] {
  const config = join(place.folder, 'proxy.json');
  writeFileSync(join(place.folder, 'plan.json'), planText(others));
  writeFileSync(join(place.folder, 'keys.json'), formatKeySet({ keys: [generateKey()] }));
  writeFileSync(config, JSON.stringify(configuration(place, more)));
  return [process.execPath, MAIN, 'proxy', '--config', config];
}
