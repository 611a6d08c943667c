/** Which releases apply, as docs/spec/deciding.md has it. */
import type { Plan } from '../../src/plan/plan.ts';

/** The releases that apply to a host and a path, in the plan's order. */
export function oracleApplicable(plan: Plan, host: string, path: string): string[] {
  const bare = host.replace(/:\d*$/, '').replace(/\.$/, '').toLowerCase();
  const [sent = ''] = path.split(/[?#]/);
  return Object.values(plan.releases)
    .filter(
      ({ hosts }) => hosts.length === 0 || hosts.some((pattern) => hostMatches(pattern, bare)),
    )
    .filter(({ paths }) => paths.length === 0 || paths.some((prefix) => covers(prefix, sent)))
    .map(({ name }) => name);
}

function hostMatches(pattern: string, host: string): boolean {
  if (!pattern.startsWith('*')) return pattern === host;
  const suffix = pattern.slice(1);
  return host !== suffix && host.endsWith(suffix);
}

function covers(prefix: string, path: string): boolean {
  const whole = prefix.endsWith('/') ? prefix : `${prefix}/`;
  return path === prefix || path.startsWith(whole);
}
