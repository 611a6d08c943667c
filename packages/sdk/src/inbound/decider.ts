/** Deciding in a service: the edge's steps, without its forwarding. */
import {
  type CarriedDecision,
  type CompiledPlan,
  type DecisionContext,
  decide,
  type Finding,
  formatFinding,
  type Plan,
} from '@tinct/core';
import { markingOf } from '../caching/caching.ts';
import type { KnownDecision, RequestContext } from '../context/types.ts';
import { type Decided, decideAll } from '../decide/decide-all.ts';
import { identify, type Proofs } from '../decide/identify.ts';
import { type PlanView, PlanViews } from '../decide/plan-view.ts';
import { rawHeaderValues } from '../identity/headers.ts';
import { unsupportedSources } from '../identity/source.ts';
import type { IssuerNews } from '../jwt/remote-keys.ts';
import { TokenVerifier } from '../jwt/tokens.ts';
import type { Settings, TinctOptions } from '../options.ts';
import { PlanStore } from '../plan/store.ts';
import { CookieJar, type Visitor } from '../visitor/jar.ts';
import { isNavigation } from '../visitor/navigation.ts';
import { OverrideDesk } from '../visitor/overrides.ts';
import { cookieNames, type OwnCookies, takeCookies } from '../visitor/own-cookies.ts';
import { isDecidedBy, remembered } from '../visitor/remembered.ts';
import { contextOf } from './carry.ts';
import type { Failures } from './failures.ts';
import type { CacheMarking, Incoming } from './incoming.ts';
import { ColorReader, type ReadColors } from './read-colors.ts';

/** A request that was decided here, or stands as a trusted peer decided it. */
export interface DecidedRequest {
  readonly context: RequestContext;
  readonly setCookie: string | undefined;
  readonly marking: CacheMarking | undefined;
}

type PlanHooks = Pick<TinctOptions, 'onAccepted' | 'onRefused' | 'loadLists' | 'killed'>;

const NOBODY: Visitor = { opened: undefined, id: undefined, isNew: false };
const NO_COOKIES: OwnCookies = { visitor: [], override: [] };

/** A plan's view, with what reads the colors of requests under it. */
interface Reading {
  readonly view: PlanView;
  readonly reader: ColorReader;
  readonly headerOf: ReadonlyMap<string, string>;
}

export class Decider {
  readonly store: PlanStore;
  readonly #settings: Settings;
  readonly #failures: Failures;
  readonly #tokens: TokenVerifier;
  readonly #views: PlanViews;
  readonly #jar: CookieJar;
  readonly #desk: OverrideDesk;
  readonly #names: ReturnType<typeof cookieNames>;
  #reading: Reading | undefined;

  constructor(
    plan: NonNullable<Settings['plan']>,
    settings: Settings,
    hooks: PlanHooks,
    failures: Failures,
  ) {
    const { keys, cookie, now, tokens } = settings;
    this.#settings = settings;
    this.#failures = failures;
    const onIssuer = ({ url, error }: IssuerNews) => {
      if (error !== undefined) failures.say('TINCT_JWKS_UNREADABLE', url, error.cause);
    };
    this.#tokens = new TokenVerifier({ ...tokens, now, onIssuer });
    this.#views = new PlanViews(this.#tokens, keys !== undefined);
    this.#names = cookieNames(cookie.name, cookie.domain);
    this.#jar = new CookieJar(keys, { ...cookie, names: this.#names, now, failed: failures.add });
    this.#desk = new OverrideDesk(keys, { now, failed: failures.add });
    const abilities = { tokens: true, issued: keys !== undefined };
    const inspect = (found: Plan) => unsupportedSources(found, abilities);
    const onRefused = (findings: readonly Finding[]) => {
      failures.say('TINCT_SDK_PLAN_REFUSED', findings.map(formatFinding).join('\n'));
      hooks.onRefused?.(findings);
    };
    const onHookFailed = (error: unknown) => failures.add('hook.failed', error);
    const { onAccepted, killed, loadLists } = hooks;
    const told = { onAccepted, onRefused, onHookFailed, killed, loadLists };
    this.store = new PlanStore({ ...told, source: plan, now, inspect });
  }

  /** The routing headers of the plan in force, as `canonicalName` writes them. */
  routingHeaders(): ReadonlySet<string> {
    return this.#current().view.routingHeaders;
  }

  /** Names and values in turn; whether they are believed the caller has found out. */
  read(raw: readonly string[]): ReadColors {
    return this.#current().reader.read(raw);
  }

  /** A promise only where a signature has to be checked that was not seen before. */
  decide(incoming: Incoming, carried: ReadColors): DecidedRequest | Promise<DecidedRequest> {
    const reading = this.#current();
    if (reading.view.compiled === undefined) this.#failures.add('plan.missing');
    const headers = rawHeaderValues(incoming.rawHeaders);
    const own = this.#ownCookies(incoming);
    const isCarried = carried.decisions.size > 0;
    const visitor = isCarried ? NOBODY : this.#visitor(incoming, own, reading.view);
    const known = { opened: visitor.opened, issued: visitor.id };
    const overrides = this.#desk.read(own.override);
    const verdicts = reading.view.readTokens(headers);
    const finish = (proofs: Proofs) => this.#decided(incoming, carried, reading, visitor, proofs);
    if (!(verdicts instanceof Promise) && !(overrides instanceof Promise))
      return finish({ ...known, overrides, verdicts });
    return Promise.all([overrides, verdicts]).then(([granted, verified]) =>
      finish({ ...known, overrides: granted, verdicts: verified }),
    );
  }

  close(): void {
    this.store.close();
    this.#tokens.close();
  }

  #current(): Reading {
    const view = this.#views.of(this.store.current());
    if (this.#reading?.view !== view) this.#reading = this.#readingOf(view);
    return this.#reading;
  }

  #readingOf(view: PlanView): Reading {
    const headerOf = new Map([...this.#settings.headerOf, ...view.headerOf]);
    const releaseOf = new Map([...headerOf].map(([release, header]) => [header, release]));
    return { view, headerOf, reader: new ColorReader(releaseOf, this.#failures.add) };
  }

  #ownCookies({ rawHeaders }: Incoming): OwnCookies {
    if (this.#settings.keys === undefined) return NO_COOKIES;
    return takeCookies([...rawHeaders], this.#names).own;
  }

  #visitor({ rawHeaders, method }: Incoming, own: OwnCookies, view: PlanView): Visitor {
    if (this.#settings.keys === undefined) return NOBODY;
    const { issueTo } = this.#settings;
    const isAsked =
      issueTo === 'navigations'
        ? isNavigation(method, rawHeaderValues(rawHeaders))
        : issueTo === 'everyone';
    return this.#jar.open(own.visitor, view.issued !== undefined && isAsked);
  }

  #decided(
    incoming: Incoming,
    carried: ReadColors,
    reading: Reading,
    visitor: Visitor,
    proofs: Proofs,
  ): DecidedRequest {
    const { view, headerOf } = reading;
    const trusted = this.#settings.believesIdentity(incoming.peer) ?? false;
    const headers = rawHeaderValues(incoming.rawHeaders);
    const stands = carriedFor(view.compiled, carried.decisions);
    const known = { ...proofs, ...(stands && { carried: stands }) };
    const who = identify(headers, trusted, view, known, this.#failures.add);
    const decided = decideAll(incoming, who, view, this.#settings.now());
    const all = withCarried(decided, view.compiled, carried.decisions);
    const origin = carried.decisions.size > 0 ? carried.origin : 'plan';
    const context = contextOf(all, origin, headerOf);
    if (carried.decisions.size > 0) return { context, setCookie: undefined, marking: undefined };
    return { context, ...this.#answer(incoming, decided, view, visitor) };
  }

  /** What the response says. Where an edge decided, it says all that itself. */
  #answer(
    { method }: Incoming,
    decided: Decided,
    view: PlanView,
    visitor: Visitor,
  ): Pick<DecidedRequest, 'setCookie' | 'marking'> {
    const { decisions, units } = decided;
    const isUsed = units.some((unit) => isDecidedBy(unit, visitor, view));
    const memory = remembered(decided);
    const revision = view.compiled?.revision ?? 1;
    const setCookie = this.#jar.write(visitor, { memory, isUsed, revision });
    const isCached = method === 'GET' || method === 'HEAD';
    const caching = isCached ? this.#settings.caching : 'off';
    const kind = markingOf(decisions, view.carriers, caching, setCookie !== undefined);
    return {
      setCookie,
      marking: kind === 'none' ? undefined : { kind, vary: view.carriers.named },
    };
  }
}

/**
 * What `decide` takes as carried. A color without its decision is taken to be of the plan in force: it stands unless the
 * release is aborted, or has no such variant.
 */
function carriedFor(
  compiled: CompiledPlan | undefined,
  known: ReadonlyMap<string, KnownDecision>,
): DecisionContext['carried'] {
  if (known.size === 0) return undefined;
  const carried: Record<string, CarriedDecision> = Object.create(null);
  for (const [name, { variant, reason, arm, revision, epoch }] of known) {
    const release = compiled?.releases.find((candidate) => candidate.name === name);
    if (revision !== undefined && epoch !== undefined)
      carried[name] = { variant, reason, arm, revision, epoch };
    else if (release?.variants.has(variant) === true)
      carried[name] = {
        variant,
        ...{ reason, arm, revision: release.plan.revision, epoch: release.release.epoch },
      };
  }
  return carried;
}

/** A carried decision stands where the host or the path is another one by now, and of releases that are not known here. */
function withCarried(
  { decisions, context }: Decided,
  compiled: CompiledPlan | undefined,
  carried: ReadonlyMap<string, KnownDecision>,
): ReadonlyMap<string, KnownDecision> {
  const all = new Map<string, KnownDecision>(decisions.map((one) => [one.release, one]));
  for (const [name, known] of carried) {
    if (all.has(name)) continue;
    const release = compiled?.releases.find((candidate) => candidate.name === name);
    all.set(name, release === undefined ? known : decide(release, context));
  }
  return all;
}
