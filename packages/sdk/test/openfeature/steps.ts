/** What the steps of OpenFeature's provider scenarios mean here. */
import { once } from 'node:events';
import {
  type EvaluationDetails,
  type FlagValue,
  OpenFeature,
  ProviderEvents,
  type ProviderStatus,
} from '@openfeature/server-sdk';
import { createTinct, type Tinct } from '@tinct/sdk';
import { TinctProvider } from '@tinct/sdk/openfeature';
import { Backend } from './backend.ts';

const EVENTS: Readonly<Record<string, ProviderEvents>> = {
  ready: ProviderEvents.Ready,
  change: ProviderEvents.ConfigurationChanged,
  stale: ProviderEvents.Stale,
  error: ProviderEvents.Error,
};

interface Happened {
  readonly flags: readonly string[];
}

/** Domains are for the process: each scenario has its own. */
const domains: string[] = [];
function newDomain(): string {
  return `scenario-${domains.push('')}`;
}

/** One scenario's provider, client, flag and what came of it. */
export class World {
  readonly client: ReturnType<typeof OpenFeature.getClient>;
  readonly #domain = newDomain();
  readonly #happened = new Map<string, Happened[]>();
  readonly #bell = new EventTarget();
  #backend: Backend | undefined;
  #tinct: Tinct | undefined;
  #flag: { readonly type: string; readonly key: string; readonly otherwise: string } | undefined;
  #targetingKey: string | undefined;
  #details: EvaluationDetails<FlagValue> | undefined;
  #thrown: unknown;
  #remembered: FlagValue | undefined;

  constructor() {
    this.client = OpenFeature.getClient(this.#domain);
  }

  async provide(isDown: boolean): Promise<void> {
    const source = new Backend(isDown);
    const tinct = createTinct({ trust: 'none', plan: source, log: () => {}, env: {} });
    this.#backend = source;
    this.#tinct = tinct;
    await OpenFeature.setProviderAndWait(this.#domain, new TinctProvider(tinct)).catch(() => {});
  }

  listen(kind: string): void {
    this.client.addHandler(EVENTS[kind] as ProviderEvents.Ready, (details) => {
      const flags = (details as { flagsChanged?: string[] } | undefined)?.flagsChanged ?? [];
      this.#happened.set(kind, [...(this.#happened.get(kind) ?? []), { flags }]);
      this.#bell.dispatchEvent(new Event('rung'));
    });
  }

  /** Takes the oldest event of a kind, waiting for it. */
  async next(kind: string, ms = 10_000): Promise<Happened> {
    const signal = AbortSignal.timeout(ms);
    for (;;) {
      const happened = this.#happened.get(kind)?.shift();
      if (happened !== undefined) return happened;
      await once(this.#bell, 'rung', { signal });
    }
  }

  ask(type: string, key: string, otherwise: string): void {
    this.#flag = { type, key, otherwise };
  }

  about(targetingKey: string): void {
    this.#targetingKey = targetingKey;
  }

  async evaluate(): Promise<void> {
    const { type, key, otherwise } = this.#flag ?? { type: '', key: '', otherwise: '' };
    const context = this.#targetingKey === undefined ? {} : { targetingKey: this.#targetingKey };
    const { client } = this;
    try {
      if (type === 'Boolean')
        this.#details = await client.getBooleanDetails(key, otherwise === 'true', context);
      else if (type === 'String')
        this.#details = await client.getStringDetails(key, otherwise, context);
      else if (type === 'Object')
        this.#details = await client.getObjectDetails(key, JSON.parse(otherwise), context);
      else this.#details = await client.getNumberDetails(key, Number(otherwise), context);
    } catch (error) {
      this.#thrown = error;
    }
  }

  remember(): void {
    this.#remembered = this.#details?.value;
  }

  change(): void {
    this.#backend?.change();
  }

  lose(isDown: boolean): void {
    this.#backend?.lose(isDown);
  }

  get details() {
    return this.#details;
  }

  get flag() {
    return this.#flag;
  }

  get thrown() {
    return this.#thrown;
  }

  get hasChanged(): boolean {
    return this.#details?.value !== this.#remembered;
  }

  status(): ProviderStatus {
    return this.client.providerStatus;
  }

  async end(): Promise<void> {
    await OpenFeature.setProviderAndWait(this.#domain, NOBODY);
    this.#tinct?.close();
  }
}

const NOBODY = new TinctProvider(
  createTinct({ trust: 'none', env: {}, outbound: { fetch: false } }),
);

/** What was found, and what has to be. */
export type Check = { readonly found: unknown; readonly wanted: unknown };
type Step = (world: World, ...given: string[]) => unknown;

const is = (found: unknown, wanted: unknown): Check => ({ found, wanted });
let last: Happened | undefined;

/** Text → what it does. The first that matches counts. */
export const STEPS: readonly (readonly [RegExp, Step])[] = [
  [/^a stable provider$/, (world) => world.provide(false)],
  [/^a unavailable provider$/, (world) => world.provide(true)],
  [/^a (\w+) event handler$/, (world, kind = '') => world.listen(kind)],
  [
    /^a (\w+)-flag with key "(.*)" and a default value "(.*)"$/,
    (world, type = '', key = '', otherwise = '') => world.ask(type, key, otherwise),
  ],
  [
    /^a context containing a targeting key with value "(.*)"$/,
    (world, key = '') => world.about(key),
  ],
  [/^the flag was evaluated with details$/, (world) => world.evaluate()],
  [/^the resolved value is remembered$/, (world) => world.remember()],
  [/^the flag was modified$/, (world) => world.change()],
  [/^the connection is lost$/, (world) => world.lose(true)],
  [/^the connection is restored$/, (world) => world.lose(false)],
  [/^a (\w+) event was fired$/, async (world, kind = '') => void (await world.next(kind))],
  [
    /^the (\w+) event handler should have been executed(?: within (\d+)ms)?$/,
    async (world, kind = '', ms) => {
      last = await world.next(kind, ms === undefined ? undefined : Number(ms));
    },
  ],
  [
    /^the flag should be part of the event payload$/,
    ({ flag }) => is(last?.flags.includes(flag?.key ?? ''), true),
  ],
  [
    /^the client should be in (\w+) state$/,
    (world, name = '') => is(world.status(), name.toUpperCase()),
  ],
  [
    /^the resolved details value should be "(.*)"$/,
    ({ details }, value) => is(`${details?.value}`, value),
  ],
  [/^the resolved details value should have changed$/, ({ hasChanged }) => is(hasChanged, true)],
  [/^the variant should be "(.*)"$/, ({ details }, value) => is(details?.variant, value)],
  [/^the reason should be "(.*)"$/, ({ details }, reason) => is(details?.reason, reason)],
  [/^the error-code should be "(.*)"$/, ({ details }, code) => is(details?.errorCode ?? '', code)],
  [/^the error message should be empty$/, ({ details }) => is(details?.errorMessage ?? '', '')],
  [/^no exception should have been thrown$/, ({ thrown }) => is(thrown, undefined)],
  [
    /^the provider metadata name should not be empty$/,
    ({ client }) => is((client.metadata.providerMetadata?.name ?? '') !== '', true),
  ],
];
