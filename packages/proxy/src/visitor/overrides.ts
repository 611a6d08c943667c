/** Override links: a token is taken from one once, and from a cookie after that. docs/spec/override.md specifies them. */

import { OVERRIDE_PARAMETER } from '@tinct/sdk';

const PARAMETER = `${OVERRIDE_PARAMETER}=`;

/** An override link: its tokens, and where it leads without them. */
export interface OverrideLink {
  readonly tokens: readonly string[];
  readonly location: string;
}

/** `path` with its query. `undefined` when it is no override link. */
export function overrideLink(path: string): OverrideLink | undefined {
  if (!path.includes(PARAMETER)) return undefined;
  const start = path.indexOf('?');
  const members = start === -1 ? [] : path.slice(start + 1).split('&');
  const ours = members.filter((member) => member.startsWith(PARAMETER));
  if (ours.length === 0) return undefined;
  const others = members.filter((member) => !member.startsWith(PARAMETER));
  const rest = others.length === 0 ? '' : `?${others.join('&')}`;
  return {
    tokens: ours.map((member) => member.slice(PARAMETER.length)),
    location: onThisHost(path.slice(0, start)) + rest,
  };
}

/** `//evil.example` and `/\evil.example` would lead a browser to another host. */
function onThisHost(path: string): string {
  return path[1] === '/' || path[1] === '\\' ? `/.${path}` : path;
}
