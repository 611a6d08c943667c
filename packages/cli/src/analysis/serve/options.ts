/** What `tinct watch --serve` takes beside what `tinct watch` does. */
import { TinctError } from '@tinct/core/watching';
import { text, wholeNumber } from '../../frame/kinds.ts';
import { many, optional, type Values, withDefault } from '../../frame/options.ts';
import type { Session } from '../../frame/session.ts';
import { tokenOf } from '../../io/token.ts';
import { planOption } from '../../plan/options.ts';
import { analysisOptions, choiceOf, settingsOf, sinceOf, sourceOptions } from '../options.ts';
import { PROMETHEUS_TOKEN } from '../prometheus.ts';
import type { ServeOptions } from './serve.ts';

/** Milliseconds. */
const EVERY = 15_000;
const PORT = 9902;

export const servingOptions = {
  plan: planOption,
  state: optional(text('the path of a folder'), {
    value: 'DIR',
    fallback: 'nothing is kept',
    help: 'With --serve: where the evidence is kept over restarts, a small file for each release.',
  }),
  host: withDefault(text('a host or an address'), '127.0.0.1', {
    value: 'HOST',
    help: 'With --serve: what to listen on. There is no token: whoever gets there reads names of releases and their rates of errors.',
  }),
  port: withDefault(wholeNumber(0, 65_535), String(PORT), {
    value: 'PORT',
    help: 'With --serve: the port; 0 for any.',
  }),
  'host-name': many(text('a name'), {
    value: 'NAME',
    help: 'With --serve: a name that requests may have in Host, beside addresses and localhost.',
  }),
  ...sourceOptions,
  ...analysisOptions,
};

interface Shared {
  readonly prometheus: URL | undefined;
  readonly admin: readonly URL[];
  readonly every: number | undefined;
  readonly timeout: number;
  readonly 'token-file': string | undefined;
}

export async function servingOf(
  releases: readonly string[],
  options: Values<typeof servingOptions> & Shared,
  session: Session,
): Promise<ServeOptions> {
  const { prometheus: base, admin, plan, state, every = EVERY } = options;
  if (base === undefined || admin.length > 0)
    throw new TinctError('TINCT_CLI_ARGUMENTS', '--serve reads a Prometheus', {
      hint: 'say where it answers: --prometheus http://prometheus:9090',
    });
  if (options.baseline !== undefined && releases.length !== 1)
    throw new TinctError('TINCT_CLI_ARGUMENTS', '--baseline is of one release', {
      hint: 'name it, or say the baseline in the plan: analysis: { baseline: v1-baseline }',
    });
  const token = await tokenOf(options['token-file'], PROMETHEUS_TOKEN, session);
  return {
    ...{ state, every },
    followed: { releases, plan, choice: choiceOf(options) },
    settings: settingsOf(options),
    since: sinceOf(options),
    prometheus: { base, token, timeoutMs: options.timeout, signal: session.signal },
    server: { host: options.host, port: options.port, names: options['host-name'] },
  };
}
