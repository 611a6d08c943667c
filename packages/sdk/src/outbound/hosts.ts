/** Where colors may go. They say which users see what: nobody outside needs to know. */
import { isIP } from 'node:net';
import { normalizeHost, TinctError } from '@tinct/core';

/**
 * Patterns beside the default ones, or a function that decides alone. A pattern is a name without its port
 * (`reviews.example`), every name below one (`*.internal.example`), or an address.
 */
export type AllowedHosts = readonly string[] | ((host: string) => boolean);

/** `host`: with or without a port. */
export type IsAllowedHost = (host: string) => boolean;

const PATTERN = /^(?:\*\.)?(?!-)[a-z0-9_-]+(?:\.[a-z0-9_-]+)*\.?$|^[0-9a-f:.]+$/i;
const LOOPBACK_V4 = /^127\.\d{1,3}\.\d{1,3}\.\d{1,3}$/;
/** Each host is judged once; there are few, and a program that asks many forgets the oldest. */
const MAX_KNOWN = 1024;

const unbracketed = (host: string): string =>
  host.startsWith('[') && host.endsWith(']') ? host.slice(1, -1) : host;

/** A bare IPv6 address has colons that are no port's. */
function bareHost(host: string): string {
  return isIP(host) === 6 ? host.toLowerCase() : unbracketed(normalizeHost(host));
}

function isNear(host: string): boolean {
  if (host === '::1' || LOOPBACK_V4.test(host)) return true;
  if (isIP(host) !== 0 || host === '') return false;
  return !host.includes('.') || host.endsWith('.svc') || host.endsWith('.svc.cluster.local');
}

function matcher(patterns: readonly string[]): (host: string) => boolean {
  const exact = new Set<string>();
  const below: string[] = [];
  for (const pattern of patterns) {
    if (!PATTERN.test(pattern))
      throw new TinctError(
        'TINCT_SDK_OPTION_MALFORMED',
        `outbound.hosts: \`${pattern}\` is no host such as \`reviews.example\` or \`*.internal.example\``,
      );
    if (pattern.startsWith('*.')) below.push(bareHost(pattern.slice(1)));
    else exact.add(bareHost(pattern));
  }
  return (host) => exact.has(host) || below.some((suffix) => host.endsWith(suffix));
}

function judgeOf(allowed: AllowedHosts): (host: string) => boolean {
  // What it answers in JavaScript may be anything.
  if (typeof allowed === 'function') return (host) => allowed(host) === true;
  const isNamed = matcher(allowed);
  return (host) => isNear(host) || isNamed(host);
}

/** Judges hosts; throws once for a host of which a judge of somebody's own throws. Default: single-label names, `*.svc`, `*.svc.cluster.local` and loopback. */
export function hostPolicy(allowed: AllowedHosts = []): IsAllowedHost {
  const judge = judgeOf(allowed);
  const known = new Map<string, boolean>();
  return (host) => {
    const before = known.get(host);
    if (before !== undefined) return before;
    const [oldest] = known.size < MAX_KNOWN ? [] : known.keys();
    if (oldest !== undefined) known.delete(oldest);
    // A judge that throws has not allowed anything; it is not asked about this host again.
    known.set(host, false);
    const verdict = judge(bareHost(host));
    known.set(host, verdict);
    return verdict;
  };
}
