/**
 * Errors that the new version has and stable has not.
 *
 * ```ts
 * const errors = newErrors(tinct, { serves: ['my-service'] });
 * app.addHook('onError', async (request, _reply, error) => errors.note(error, { route: request.routeOptions.url }));
 * app.get('/errors/:release', async ({ params }) => errors.report(params.release));
 * ```
 */
import {
  ErrorBook,
  type ErrorReport,
  type Fingerprint,
  type NewError,
  newErrorsIn,
  type SeenError,
} from '@tinct/core';
import { currentContext } from '../context/storage.ts';
import type { KnownDecision } from '../context/types.ts';
import type { Tinct } from '../tinct.ts';

export interface NewErrorsOptions {
  /** The releases whose service this is: their errors are kept, and no others'. */
  readonly serves: readonly string[];
  /** Told once of each kind of error that is new, for the log. */
  readonly onNew?: ((news: NewErrorNews) => void) | undefined;
  /** The trace of what runs now: `() => trace.getActiveSpan()?.spanContext().traceId`. */
  readonly traceId?: (() => string | undefined) | undefined;
  /** How far back stable is asked, in milliseconds. Default an hour. */
  readonly windowMs?: number | undefined;
  /** Milliseconds since the epoch. Default `Date.now`. */
  readonly now?: (() => number) | undefined;
}

/** The first error of its kind, in a variant that is not stable. */
export interface NewErrorNews extends Fingerprint {
  readonly release: string;
  readonly variant: string;
  /** As it was written, cut to 500 characters. */
  readonly sample: string;
  readonly traceId: string | undefined;
}

/** Of this process alone; `tinct errors` puts those of several together. */
export interface NewErrorsReport extends ErrorReport {
  readonly release: string;
  /** `undefined`: nobody has said yet which variant is stable, and nothing can be called new. */
  readonly stable: string | undefined;
  /** What is new as far as this process knows, the surest first. */
  readonly newErrors: readonly NewError[];
}

export interface NewErrors {
  /** An error of the request that is being served; elsewhere it is nobody's. `route`: its template, never a path. Never throws. */
  note(error: unknown, about?: { readonly route?: string | undefined }): void;
  /** What there was in the window, and what of it is new. A release that this service does not serve has nothing. */
  report(release: string): NewErrorsReport;
  /** As the option; what is returned ends it. */
  onNew(listener: (news: NewErrorNews) => void): () => void;
  /** Ends the counting of requests. */
  close(): void;
}

const MAX_SAMPLE = 500;

interface Kept {
  readonly book: ErrorBook;
  /** The variant of the control arm: it is stable's, whoever decided. */
  control: string | undefined;
}

function seenOf(error: unknown, route: string | undefined, traceId: string | undefined): SeenError {
  if (!(error instanceof Error)) return { type: typeof error, message: `${error}`, route, traceId };
  const { name, message, stack } = error;
  // Errors of classes that forgot to set their name.
  const type = name === 'Error' ? error.constructor.name : name;
  return { type, message, stack, route, traceId };
}

/** Keeps errors from now on, of at most 500 kinds for each release. */
export function newErrors(
  tinct: Pick<Tinct, 'observe' | 'plan'>,
  { serves, onNew, traceId, windowMs, now = Date.now }: NewErrorsOptions,
): NewErrors {
  const books = new Map(
    serves.map((release): [string, Kept] => [
      release,
      { book: new ErrorBook({ windowMs }), control: undefined },
    ]),
  );
  const listeners = new Set(onNew === undefined ? [] : [onNew]);
  const stableOf = (release: string): string | undefined =>
    tinct.plan?.current()?.releases.find(({ name }) => name === release)?.release.stable ??
    books.get(release)?.control;

  const close = tinct.observe({
    finished({ decisions }) {
      for (const [release, kept] of books) {
        const decision = decisions.get(release);
        if (decision === undefined) continue;
        if (decision.arm === 'control') kept.control = decision.variant;
        kept.book.request(decision.variant, now());
      }
    },
  });

  function tell({ release, variant }: KnownDecision, seen: SeenError, print: Fingerprint): void {
    const stable = stableOf(release);
    if (stable === undefined || stable === variant) return;
    const sample = seen.message.slice(0, MAX_SAMPLE);
    const news = { ...print, release, variant, sample, traceId: seen.traceId };
    for (const listener of listeners) listener(news);
  }

  function note(error: unknown, route: string | undefined): void {
    const decisions = currentContext()?.decisions;
    for (const [release, { book }] of books) {
      const decision = decisions?.get(release);
      if (decision === undefined) continue;
      const seen = seenOf(error, route, traceId?.());
      const print = book.error(decision.variant, seen, now());
      if (print !== undefined) tell(decision, seen, print);
    }
  }

  return {
    close,
    note(error, { route } = {}) {
      try {
        note(error, route);
      } catch {
        // What cannot be read, or whom it could not be told, must not harm the request that it is about.
      }
    },
    report(release) {
      const { book } = books.get(release) ?? { book: new ErrorBook() };
      const stable = stableOf(release);
      const report = book.report(now());
      const found = stable === undefined ? [] : newErrorsIn(report, stable);
      return { release, stable, ...report, newErrors: found };
    },
    onNew(listener) {
      listeners.add(listener);
      return () => void listeners.delete(listener);
    },
  };
}
