/** Settings that somebody wrote and that do nothing, because what they are for is not there. */
import type { Path } from '@tinct/core';
import type { IsChosen, Objection } from './objection.ts';
import type { ProxyConfig } from './schema.ts';

interface Idle {
  readonly paths: readonly Path[];
  /** What would have to be there. */
  readonly needs: string;
}

type Config = Pick<ProxyConfig, 'keys' | 'plan' | 'tls'>;

function idleIn({ keys, plan, tls }: Config): Idle[] {
  const cookie: Path[] = [
    ['cookie', 'name'],
    ['cookie', 'domain'],
    ['cookie', 'maxAge'],
  ];
  const url: Path[] = [
    ['plan', 'every'],
    ['plan', 'timeout'],
  ];
  const cluster: Path[] = [
    ['plan', 'key'],
    ['plan', 'apiServer'],
    ['plan', 'account'],
  ];
  return [
    ...(keys === undefined ? [{ paths: [...cookie, ['issueTo']], needs: 'keys' }] : []),
    ...(plan.url === undefined ? [{ paths: url, needs: 'plan.url' }] : []),
    ...(plan.configMap === undefined ? [{ paths: cluster, needs: 'plan.configMap' }] : []),
    ...(tls.certificates.length === 0
      ? [{ paths: [['tls', 'minVersion']], needs: 'tls.certificates' }]
      : []),
  ];
}

/** One warning for each. */
export const idle = (config: Config, isChosen: IsChosen): Objection[] =>
  idleIn(config).flatMap(({ paths, needs }) =>
    paths.filter(isChosen).map((path) => ({
      code: 'TINCT_CONFIG_WITHOUT_EFFECT',
      message: `\`${path.join('.')}\` does nothing without \`${needs}\``,
      path,
    })),
  );
