/** What Istio's own validation refuses: one such object in a cluster freezes other hosts' updates. */
import { isRecord, patternFault, valueAt } from '@tinct/core';
import type { Manifest, Path } from '../manifests/manifest.ts';
import { type HttpMatch, type HttpRoute, stringMatch } from '../manifests/virtual-service.ts';
import type { DestinationRule, View } from './view.ts';

/** Istio's bound for the text of an expression. */
const MAX_REGEX = 1024;
const NAME = /^[a-z0-9]([-a-z0-9]{0,61}[a-z0-9])?$/;
const LABEL_VALUE = /^([A-Za-z0-9]([-A-Za-z0-9_.]{0,61}[A-Za-z0-9])?)?$/;
const HEADER = /^[!#$%&'*+\-.^_`|~0-9A-Za-z]+$/;
const INSTEAD = ['redirect', 'directResponse', 'delegate'];

export function checkRefused(view: View): void {
  for (const { manifest, routes } of view.services)
    for (const route of routes) {
      for (const match of route.matches) checkMatch(match, manifest, view);
      checkDestinations(route, manifest, view);
    }
  for (const rule of view.rules) checkSubsets(rule, view);
}

/** Every text match of a route's match, with its path. */
function textMatches({ value, path }: HttpMatch): [unknown, Path][] {
  const single = ['uri', 'scheme', 'method', 'authority'].flatMap((key): [unknown, Path][] => {
    const found = valueAt(value, [key]);
    return found === undefined ? [] : [[found, [...path, key]]];
  });
  const maps = ['headers', 'withoutHeaders', 'queryParams'].flatMap((key) => {
    const found = valueAt(value, [key]);
    return isRecord(found)
      ? Object.entries(found).map(([name, one]): [unknown, Path] => [one, [...path, key, name]])
      : [];
  });
  return [...single, ...maps];
}

function checkMatch(match: HttpMatch, manifest: Manifest, view: View): void {
  for (const { path } of [...match.headers, ...match.withoutHeaders])
    if (!HEADER.test(String(path.at(-1))))
      view.report(manifest, 'TINCT_LINT_MATCH_MALFORMED', 'no header can be called so', path);
  for (const [text, path] of textMatches(match)) checkText(text, path, manifest, view);
}

function checkText(text: unknown, path: Path, manifest: Manifest, { report }: View): void {
  const match = stringMatch(text);
  if (match.kind === 'malformed')
    report(
      manifest,
      'TINCT_LINT_MATCH_MALFORMED',
      'not one of exact, prefix and regex with a text',
      path,
    );
  if (match.kind !== 'prefix' && match.kind !== 'regex') return;
  const at = [...path, match.kind];
  if (match.value === '')
    return report(manifest, 'TINCT_LINT_MATCH_EMPTY', `an empty ${match.kind}`, at);
  if (match.kind === 'prefix') return;
  if (match.value.length > MAX_REGEX) {
    const message = `${match.value.length} characters; Istio takes ${MAX_REGEX}`;
    return report(manifest, 'TINCT_LINT_REGEX_LONG', message, at);
  }
  const fault = patternFault(match.value);
  if (fault !== undefined) report(manifest, 'TINCT_LINT_REGEX', fault, at);
}

function checkDestinations(route: HttpRoute, manifest: Manifest, { report }: View): void {
  const { destinations, others, path } = route;
  const [instead] = INSTEAD.filter((key) => others.includes(key));
  if (destinations.length === 0 && instead === undefined)
    report(manifest, 'TINCT_LINT_ROUTE_EMPTY', 'no destination, redirect or answer', path);
  if (destinations.length > 0 && instead !== undefined)
    report(manifest, 'TINCT_LINT_ROUTE_EMPTY', `\`${instead}\` beside \`route\``, [
      ...path,
      instead,
    ]);
  for (const destination of destinations)
    if (destination.host === '')
      report(manifest, 'TINCT_LINT_ROUTE_EMPTY', 'a destination without a host', destination.path);
  checkWeights(route, manifest, report);
}

function checkWeights(
  { destinations, path }: HttpRoute,
  manifest: Manifest,
  report: View['report'],
): void {
  const weights = destinations.map(({ weight }) => weight);
  const negative = destinations.find(({ weight = 0 }) => weight < 0);
  const total = weights.reduce<number>((sum, weight = 0) => sum + weight, 0);
  const isSole = destinations.length === 1 && (weights[0] ?? 1) > 0;
  if (negative !== undefined) {
    const message = `a weight of ${negative.weight}`;
    report(manifest, 'TINCT_LINT_WEIGHTS_TOTAL', message, [...negative.path, 'weight']);
  } else if (destinations.length > 0 && total === 0 && !isSole)
    report(manifest, 'TINCT_LINT_WEIGHTS_TOTAL', 'the weights add up to 0', [...path, 'route']);
}

function checkSubsets({ manifest, subsets }: DestinationRule, { report }: View): void {
  const seen = new Set<string>();
  for (const { name, labels, path } of subsets) {
    const wrong = Object.entries(labels).find(([, value]) => !LABEL_VALUE.test(value));
    if (!NAME.test(name))
      report(manifest, 'TINCT_LINT_SUBSET_MALFORMED', `\`${name}\` is no name of a subset`, [
        ...path,
        'name',
      ]);
    else if (seen.has(name))
      report(manifest, 'TINCT_LINT_SUBSET_MALFORMED', `\`${name}\` stands twice`, [
        ...path,
        'name',
      ]);
    if (wrong !== undefined) {
      const message = `no pod can have the label ${wrong[0]}: ${JSON.stringify(wrong[1])}`;
      report(manifest, 'TINCT_LINT_SUBSET_MALFORMED', message, [...path, 'labels', wrong[0]]);
    }
    seen.add(name);
  }
}
