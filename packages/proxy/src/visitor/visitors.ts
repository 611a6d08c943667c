/** What the edge knows of a visitor beside plain headers: tokens, Tinct's cookie, an override; and what it answers of them. */
import {
  CookieJar,
  type CookieNames,
  cookieNames,
  type Decided,
  isDecidedBy,
  isNavigation,
  type KeySet,
  lastAfter,
  markingOf,
  OverrideDesk,
  type PlanView,
  type Proofs,
  rawHeaderValues,
  readCarried,
  remembered,
  TrustedHops,
  type Visitor,
} from '@tinct/sdk';
import type { Answer } from '../answer/answer.ts';
import { debugCheck, explainText } from '../answer/explain.ts';
import type { Inquiry } from '../exchange.ts';
import type { Settings } from '../options.ts';
import { Failures } from '../record/failures.ts';
import type { Ledger } from '../record/ledger.ts';
import type { CleanRequest } from '../sanitize.ts';

/** What of a request is signed, and by whom. */
export interface Proof extends Proofs {
  readonly visitor: Visitor;
}

export class Visitors {
  readonly names: CookieNames;
  readonly failures: Failures;
  readonly jar: CookieJar;
  readonly desk: OverrideDesk;
  readonly #settings: Pick<Settings, 'visitor' | 'now'>;
  readonly #deciders: TrustedHops;
  readonly #showsDebugToken: (raw: readonly string[]) => boolean;

  constructor(settings: Pick<Settings, 'visitor' | 'now'>, ledger?: Ledger) {
    this.failures = new Failures(ledger);
    const { visitor, now } = settings;
    const { keys, cookie, debugToken } = visitor;
    this.#settings = settings;
    this.names = cookieNames(cookie.name, cookie.domain);
    const failed = this.failures.add;
    this.jar = new CookieJar(keys, { ...cookie, names: this.names, now, failed });
    this.desk = new OverrideDesk(keys, { now, failed });
    this.#deciders = new TrustedHops(visitor.trustedForDecisions, 'trustedForDecisions');
    this.#showsDebugToken = debugCheck(debugToken);
  }

  /** From now on only what these keys signed is believed. */
  use(keys: KeySet | undefined): void {
    this.jar.use(keys);
    this.desk.use(keys);
  }

  /** A promise only where a signature has to be checked that was not seen before. */
  prove(
    request: CleanRequest,
    { req, socket }: Pick<Inquiry, 'req' | 'socket'>,
    view: PlanView,
  ): Proof | Promise<Proof> {
    const headers = rawHeaderValues(request.headers);
    const mayIssue = view.issued !== undefined && this.#mayIssue(request);
    const visitor = this.jar.open(request.own.visitor, mayIssue);
    const carried = this.#deciders.has(socket)
      ? readCarried(req.rawHeaders, this.failures.add)
      : undefined;
    const known = { visitor, opened: visitor.opened, carried, issued: visitor.id };
    const overrides = this.desk.read(request.own.override);
    const verdicts = view.readTokens(headers);
    if (!(verdicts instanceof Promise) && !(overrides instanceof Promise))
      return { ...known, overrides, verdicts };
    return Promise.all([overrides, verdicts]).then(([granted, verified]) => {
      return { ...known, overrides: granted, verdicts: verified };
    });
  }

  #mayIssue({ method, headers }: CleanRequest): boolean {
    const { issueTo } = this.#settings.visitor;
    return issueTo === 'navigations'
      ? isNavigation(method, rawHeaderValues(headers))
      : issueTo === 'everyone';
  }

  /** What the response says beside what the service says. */
  answer(
    { visitor }: Proof,
    decided: Decided,
    view: PlanView,
    { method, raw }: { method: string; raw: readonly string[] },
  ): Answer {
    const { releases, decisions, units, context } = decided;
    const isUsed = units.some((unit) => isDecidedBy(unit, visitor, view));
    const memory = remembered(decided);
    const revision = view.compiled?.revision ?? 1;
    const stored = visitor.opened?.content.last ?? [];
    const last = lastAfter(stored, decided);
    const setCookie = this.jar.write(visitor, { memory, last, isUsed, revision });
    const isDebugged = this.#showsDebugToken(raw);
    const isPersonal = setCookie !== undefined || isDebugged;
    const isCached = method === 'GET' || method === 'HEAD';
    const caching = isCached ? this.#settings.visitor.caching : 'off';
    return {
      setCookie,
      explain: isDebugged ? explainText(releases, context) : undefined,
      marking: markingOf(decisions, view.carriers, caching, isPersonal),
      vary: view.carriers.named,
    };
  }
}
