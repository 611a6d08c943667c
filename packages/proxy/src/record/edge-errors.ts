/**
 * Errors by what the edge sees of them: a status, what broke on the way to the service, the path's template. It reads no
 * body, so it knows less than the service: two faults behind one route and status are one kind.
 */
import { STATUS_CODES } from 'node:http';
import {
  type Decision,
  ErrorBook,
  type ErrorReport,
  type Fingerprint,
  routeOf,
  type SeenError,
} from '@tinct/core';
import type { Inquiry } from '../exchange.ts';
import type { Served } from '../options.ts';
import type { EdgeErrorNews } from './error-news.ts';
import { causeOf, type Outcome } from './outcome.ts';
import { traceOf } from './trace.ts';

export interface EdgeErrorParts {
  /** The variant that is stable now. */
  readonly stableOf: (release: string) => string | undefined;
  readonly onNew: (news: EdgeErrorNews) => void;
  /** Milliseconds since the epoch. */
  readonly now: () => number;
}

const MAX_SAMPLE = 500;

function typeOf({ status, fault, refused, grpcStatus }: Outcome, cause: string): string {
  if (fault === 'upstream') return refused?.code ?? 'upstream';
  return cause === 'grpc' ? `gRPC ${grpcStatus}` : `HTTP ${status}`;
}

function seenOf({ exchange, outcome, span }: Served<Inquiry>): SeenError | undefined {
  const cause = outcome === undefined ? undefined : causeOf(outcome);
  if (outcome === undefined || cause === undefined) return undefined;
  const { method = '', url = '', rawHeaders } = exchange.req;
  return {
    type: typeOf(outcome, cause),
    message: outcome.cause?.message ?? STATUS_CODES[outcome.status] ?? '',
    route: `${method} ${routeOf(url)}`,
    traceId: span?.traceId ?? traceOf(rawHeaders)?.traceId,
  };
}

/** The books of one edge: of each release at most 500 kinds of the last hour. */
export class EdgeErrors {
  readonly #parts: EdgeErrorParts;
  readonly #books = new Map<string, ErrorBook>();
  #notes = 0;

  constructor(parts: EdgeErrorParts) {
    this.#parts = parts;
  }

  /** Grows with whatever is noted. */
  get notes(): number {
    return this.#notes;
  }

  /** Releases that left the plan are forgotten. */
  expect(releases: readonly string[]): void {
    for (const name of this.#books.keys()) if (!releases.includes(name)) this.#books.delete(name);
  }

  note(served: Served<Inquiry>): void {
    const { decisions, outcome, isReached } = served;
    if (outcome === undefined || isReached === undefined || decisions.length === 0) return;
    const at = this.#parts.now();
    const seen = seenOf(served);
    for (const decision of decisions) {
      if (!isReached(decision.release)) continue;
      const book = this.#bookOf(decision.release);
      book.request(decision.variant, at);
      const print = seen && book.error(decision.variant, seen, at);
      if (seen !== undefined && print !== undefined) this.#tell(decision, seen, print);
    }
    this.#notes += 1;
  }

  reports(): ReadonlyMap<string, ErrorReport> {
    const at = this.#parts.now();
    return new Map([...this.#books].map(([name, book]) => [name, book.report(at)]));
  }

  #bookOf(release: string): ErrorBook {
    const known = this.#books.get(release);
    if (known !== undefined) return known;
    const made = new ErrorBook();
    this.#books.set(release, made);
    return made;
  }

  #tell({ release, variant }: Decision, seen: SeenError, print: Fingerprint): void {
    const stable = this.#parts.stableOf(release);
    if (stable === undefined || stable === variant) return;
    const sample = seen.message.slice(0, MAX_SAMPLE);
    this.#parts.onNew({ ...print, release, variant, sample, traceId: seen.traceId });
  }
}
