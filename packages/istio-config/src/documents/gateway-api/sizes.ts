/** The sizes that the CRDs of HTTPRoute and GRPCRoute allow (1.2 and newer). */
import { type Finding, finding, valueAt } from '@tinct/core';

export const MAX_RULES = 16;
export const MAX_MATCHES = 64;
export const MAX_ALL_MATCHES = 128;

/** What is too much: one finding, or none. */
export function limitFinding(
  rules: readonly unknown[],
  path: readonly string[] = ['spec', 'rules'],
): Finding[] {
  const matches = rules.map((rule) => {
    const found = valueAt(rule, ['matches']);
    return Array.isArray(found) ? found.length : 1;
  });
  const total = matches.reduce((sum, count) => sum + count, 0);
  const over = [
    [rules.length, MAX_RULES, 'rules'] as const,
    [Math.max(...matches, 0), MAX_MATCHES, 'matches in a rule'] as const,
    [total, MAX_ALL_MATCHES, 'matches'] as const,
  ].find(([count, most]) => count > most);
  if (over === undefined) return [];
  const [count, most, what] = over;
  const message = `it would have ${count} ${what}; a route has at most ${most}`;
  return [finding('TINCT_ISTIO_TOO_MANY', message, path)];
}
