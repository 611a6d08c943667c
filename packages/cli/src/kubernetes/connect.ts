/** The cluster that a user means: by kubeconfig and context, or from within a pod. */
import { resolve } from 'node:path';
import type { KubeConfig } from '@kubernetes/client-node';
import { TinctError } from '@tinct/core';
import type { Session } from '../frame/session.ts';
import { HttpCluster, messageOf } from './client.ts';
import type { Cluster } from './cluster.ts';

export interface Where {
  readonly kubeconfig: string | undefined;
  readonly context: string | undefined;
}

/** Does something with the cluster, and lets go of it. */
export async function withCluster<T>(
  where: Where,
  session: Session,
  act: (cluster: Cluster) => Promise<T>,
): Promise<T> {
  const cluster = new HttpCluster(await configOf(where, session), session.signal);
  try {
    return await act(cluster);
  } finally {
    cluster.close();
  }
}

async function configOf({ kubeconfig, context }: Where, session: Session): Promise<KubeConfig> {
  // It takes most of a second to load: only commands that speak to a cluster wait for it.
  const { KubeConfig } = await import('@kubernetes/client-node');
  const config = new KubeConfig();
  const files = kubeconfig ?? session.env['KUBECONFIG'] ?? '';
  try {
    const [first, ...more] = files.split(':').filter((file) => file !== '');
    if (first === undefined) config.loadFromDefault();
    else config.loadFromFile(resolve(session.cwd, first));
    for (const file of more) {
      const other = new KubeConfig();
      other.loadFromFile(resolve(session.cwd, file));
      config.mergeConfig(other, true);
    }
  } catch (error) {
    throw wrong(messageOf(error), error);
  }
  if (isNothing(config))
    throw wrong(
      'there is none: neither --kubeconfig, $KUBECONFIG, ~/.kube/config nor the account of a pod',
    );
  choose(config, context);
  return config;
}

/** What the client makes up where it finds nothing at all. */
const isNothing = (config: KubeConfig): boolean =>
  config.currentContext === 'loaded-context' &&
  config.getCurrentCluster()?.server === 'http://localhost:8080';

function choose(config: KubeConfig, context: string | undefined): void {
  const names = config.contexts.map(({ name }) => name);
  if (context !== undefined && !names.includes(context))
    throw wrong(`it has no context \`${context}\``, undefined, names);
  if (context !== undefined) config.setCurrentContext(context);
  const cluster = config.getCurrentCluster();
  if (cluster === null) throw wrong('its current context names no cluster', undefined, names);
  if (!URL.canParse(cluster.server)) throw wrong(`\`${cluster.server}\` is no URL`);
}

function wrong(message: string, cause?: unknown, contexts: readonly string[] = []): TinctError {
  const hint = contexts.length === 0 ? {} : { hint: `it has ${contexts.join(', ')}` };
  return new TinctError('TINCT_KUBE_CONFIG', `the kubeconfig: ${message}`, { ...hint, cause });
}
