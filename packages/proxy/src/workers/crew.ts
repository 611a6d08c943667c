/**
 * An edge, or an ext_authz server, on several cores: one thread per worker, all at the same address. The crew reads the plan and its lists once
 * and hands them to everyone; who dies is replaced; what was counted stays in the sum.
 */
import { TinctError } from '@tinct/core';
import type { KeySet, Killed, PlanInForce } from '@tinct/sdk';
import { createBrain } from '../brain.ts';
import type { EdgeAddress } from '../downstream/listen.ts';
import { checkSecrets, type ExtAuthzOptions } from '../ext-authz/options.ts';
import type { EdgeOptions } from '../options.ts';
import type { Engine } from '../run/engine.ts';
import { isFree } from './free.ts';
import { Hand, type HandEvents } from './hand.ts';
import { messageOf } from './handed.ts';
import type { Job, Order, PlanMessage } from './messages.ts';
import { Sums } from './sums.ts';
import { tell } from './tell.ts';
import { edgeTrade, extAuthzTrade, type Trade, withOptions } from './trade.ts';

/** Who doesn't do what it is told within this time is ended: then it serves nobody by what was in force before. */
const OBEY_MS = 5000;
/** Before a worker that died is replaced; doubles up to the longest while they die young. */
const FIRST_WAIT_MS = 100;
const LONGEST_WAIT_MS = 10_000;
const YOUNG_MS = 30_000;
/** How often workers are asked whether they are there. */
const LOOK_MS = 5000;
/** One that says nothing for this long hangs: the system goes on giving it connections. */
const HANGS_MS = 10_000;
/** How much longer than its grace a worker may take to end. */
const EXTRA_MS = 2000;

export interface CrewEvents {
  /** A worker died; another one takes its place. */
  readonly onDied: (error: Error | undefined) => void;
  /** Takes the lines of the requests. Absent: there are none. */
  readonly onLine: ((line: string) => void) | undefined;
  /** Whether each request has a line; else those whose upstream failed. Default each. */
  readonly logsRequests?: boolean;
}

/** How workers are watched; in milliseconds. */
export interface Care {
  readonly lookMs?: number;
  readonly hangsMs?: number;
  /** How much each may hold, in MB. Default what a process of its own may. */
  readonly heapMb?: number;
}

/** What keeps the promise of {@link startCrew}. */
class Crew {
  readonly #trade: Trade;
  readonly #events: CrewEvents;
  readonly #brain;
  readonly #sums: Sums;
  readonly #hands = new Map<Hand, number>();
  readonly #issuers = new Map<string, string | undefined>();
  readonly #count: number;
  readonly #care: Care;
  #job: Job;
  #keys: KeySet | undefined;
  #plan: PlanMessage | undefined;
  #spread: Promise<unknown> = Promise.resolve();
  #isClosing = false;
  #isRetired = false;
  #wantsExamples = false;
  #died = 0;
  #deaths = 0;
  #watch: NodeJS.Timeout | undefined;

  constructor(trade: Trade, count: number, events: CrewEvents, care: Care) {
    const { options, settings, inspect } = trade;
    this.#trade = trade;
    this.#events = events;
    this.#count = count;
    this.#care = care;
    this.#keys = options.keys;
    this.#job = trade.job(count);
    const onAccepted = (accepted: PlanInForce) => {
      this.#plan = messageOf(accepted);
      this.#spread = this.#tellAll({ kind: 'plan', plan: this.#plan });
      options.onAccepted?.(accepted);
    };
    this.#brain = createBrain({ ...options, onAccepted }, settings, inspect);
    this.#sums = new Sums(trade, this.#brain);
  }

  async open(): Promise<EdgeAddress> {
    const { host, port } = this.#trade.settings;
    await isFree(host, port);
    await this.#brain.plans.start();
    // The first one finds the port, where any will do.
    const address = await this.#hire().listening;
    this.#job = withOptions(this.#job, { port: address.port });
    const others = Array.from({ length: this.#count - 1 }, () => this.#hire().listening);
    await Promise.all(others);
    this.#look();
    return address;
  }

  engine(address: EdgeAddress): Engine {
    const { plans } = this.#brain;
    return {
      address,
      plan: {
        current: () => plans.current(),
        status: () => plans.status(),
        load: async () => {
          const status = await plans.load();
          await this.#spread;
          return status;
        },
        kill: (release) => this.#kill(release),
      },
      ...(this.#job.kind === 'edge' ? { errors: () => this.#sums.merged } : {}),
      stats: () => this.#sums.stats(this.#deaths),
      measured: () => this.#sums.measured(this.#deaths),
      wantExamples: () => {
        if (!this.#wantsExamples) void this.#tellAll({ kind: 'examples' });
        this.#wantsExamples = true;
      },
      useKeys: (keys) => {
        this.#keys = keys;
        void this.#tellAll({ kind: 'keys', keys });
      },
      retire: () => {
        this.#isRetired = true;
        void this.#tellAll({ kind: 'retire' });
      },
      close: () => this.close(),
    };
  }

  /** Of an ext_authz server: what its gateways have to show from now on. */
  async useSecrets(secrets: readonly string[]): Promise<void> {
    this.#job = withOptions(this.#job, { secrets });
    await this.#tellAll({ kind: 'secrets', secrets });
  }

  async close(): Promise<void> {
    this.#isClosing = true;
    clearTimeout(this.#watch);
    this.#brain.close();
    const { graceMs } = this.#trade.settings;
    await this.#tellAll({ kind: 'close' }, graceMs + EXTRA_MS);
  }

  /** Ended here first, so that who is hired meanwhile begins with it; then confirmed by everyone. */
  async #kill(release: string): Promise<Killed | undefined> {
    const killed = this.#brain.plans.kill(release);
    if (killed === undefined) return undefined;
    await this.#tellAll({ kind: 'kill', release, epoch: killed.epoch });
    return killed;
  }

  async #tellAll(order: Order, withinMs: number = OBEY_MS): Promise<void> {
    await Promise.all([...this.#hands.keys()].map((hand) => tell(hand, order, withinMs)));
  }

  /** One that begins has much to do before it can answer. */
  #look(): void {
    const { lookMs = LOOK_MS, hangsMs = HANGS_MS } = this.#care;
    const look = async () => {
      const at = [...this.#hands.keys()].filter(({ listens }) => listens);
      await Promise.all(at.map((hand) => tell(hand, { kind: 'ping' }, hangsMs)));
      if (!this.#isClosing) this.#look();
    };
    this.#watch = setTimeout(look, lookMs).unref();
  }

  #hire(): Hand {
    const { totals } = this.#sums;
    const events: HandEvents = {
      row: (hand, name, cells) => totals.note(hand, name, cells),
      sketch: (hand, name, registers) => totals.noteSketch(hand, name, registers),
      forgotten: (hand, name) => totals.forgetSketch(hand, name),
      errors: (hand, reports) => this.#sums.noteErrors(hand, reports),
      line: (line) => this.#events.onLine?.(line),
      tlsRefused: (message) =>
        this.#trade.options.onTlsRefused?.(new TinctError('TINCT_EDGE_CERTIFICATE', message)),
      issuer: (url, message) => this.#heardOf(url, message),
      ended: (hand, error) => this.#ended(hand, error),
    };
    const { killed } = this.#brain.plans.status();
    const job = this.#keys === undefined ? this.#job : withOptions(this.#job, { keys: this.#keys });
    const { onLine, logsRequests = onLine !== undefined } = this.#events;
    const hand = new Hand(
      { job, killed, plan: this.#plan, logsRequests },
      events,
      this.#care.heapMb,
    );
    this.#hands.set(hand, performance.now());
    if (this.#isRetired) void hand.tell({ kind: 'retire' });
    if (this.#wantsExamples) void hand.tell({ kind: 'examples' });
    return hand;
  }

  /** Each worker fetches an issuer's keys for itself; what all of them say is said once. */
  #heardOf(url: string, message: string | undefined): void {
    if (this.#issuers.get(url) === message) return;
    this.#issuers.set(url, message);
    const error =
      message === undefined ? undefined : new TinctError('TINCT_JWKS_UNREADABLE', message);
    this.#trade.options.onIssuer?.({ url, error });
  }

  #ended(hand: Hand, error: Error | undefined): void {
    const since = this.#hands.get(hand) ?? 0;
    this.#hands.delete(hand);
    this.#sums.retire(hand);
    if (this.#isClosing) return;
    this.#deaths += 1;
    this.#events.onDied(error);
    this.#died = performance.now() - since < YOUNG_MS ? this.#died + 1 : 1;
    const ms = Math.min(LONGEST_WAIT_MS, FIRST_WAIT_MS * 2 ** (this.#died - 1));
    setTimeout(() => {
      if (!this.#isClosing) this.#hire();
    }, ms);
  }
}

async function opened(crew: Crew): Promise<Engine> {
  try {
    return crew.engine(await crew.open());
  } catch (error) {
    await crew.close();
    throw error;
  }
}

/**
 * Starts an edge of `count` workers. An abort is confirmed once every worker has it in force; who doesn't confirm is
 * ended and replaced by one that has, and so is one that hangs.
 *
 * @throws {TinctError} as `startEdge` does.
 */
export function startCrew(
  options: EdgeOptions,
  count: number,
  events: CrewEvents,
  care: Care = {},
): Promise<Engine> {
  return opened(new Crew(edgeTrade(options), count, events, care));
}

/**
 * The same of an ext_authz server.
 *
 * @throws {TinctError} as `startExtAuthz` does.
 */
export async function startExtAuthzCrew(
  options: ExtAuthzOptions,
  count: number,
  events: CrewEvents,
  care: Care = {},
): Promise<Engine & { useSecrets(secrets: readonly string[]): Promise<void> }> {
  const crew = new Crew(extAuthzTrade(options), count, events, care);
  const engine = await opened(crew);
  return {
    ...engine,
    async useSecrets(secrets) {
      checkSecrets(secrets, options.tls);
      await crew.useSecrets(secrets);
    },
  };
}
