/** Requests made up to follow routes by: each satisfies one match, and may carry a color. */
import { valueAt } from '@tinct/core';
import type { HttpMatch, HttpRoute } from '../manifests/virtual-service.ts';
import { isSame, matchesOf, textHolds } from './cover.ts';

export interface Probe {
  readonly path: string;
  readonly headers: Readonly<Record<string, string>>;
  /** What else the match asked, as it stands there. */
  readonly asked: unknown;
}

/** A request that a match takes; `undefined` where an expression would have to be guessed. */
export function probeFor({ uri, headers, value }: HttpMatch): Probe | undefined {
  if (uri?.kind === 'regex' || uri?.kind === 'malformed') return undefined;
  const sent: Record<string, string> = {};
  for (const { header, match } of headers) {
    if (match.kind === 'regex' || match.kind === 'malformed') return undefined;
    sent[header] = match.kind === 'present' ? 'x' : match.value;
  }
  const path = uri === undefined || uri.kind === 'present' ? '/' : uri.value;
  return { path, headers: sent, asked: value };
}

/** The first route that takes a request. */
export function routeOf(routes: readonly HttpRoute[], probe: Probe): HttpRoute | undefined {
  return routes.find((route) => matchesOf(route).some((match) => takes(match, probe)));
}

export function takes({ uri, headers, withoutHeaders, others, value }: HttpMatch, probe: Probe) {
  const holds = ({ header, match }: (typeof headers)[number]): boolean => {
    const sent = probe.headers[header];
    return sent !== undefined && textHolds(match, sent);
  };
  return (
    (uri === undefined || textHolds(uri, probe.path)) &&
    headers.every(holds) &&
    !withoutHeaders.some(holds) &&
    others.every((key) => isSame(valueAt(value, [key]), valueAt(probe.asked, [key])))
  );
}
