/** What every Node rival does for a request: the same as nginx-lua.lua, in the same words. */
import { createHmac, createSecretKey, randomUUID } from 'node:crypto';
import type { IncomingHttpHeaders } from 'node:http';
import { crc32 } from 'node:zlib';

export type Version = 'v1' | 'v2';

const KEY = createSecretKey(Buffer.from('0123456789abcdef0123456789abcdef'));
const BOUNDS_MS = [0.5, 1, 2.5, 5, 10, 25, 50, 100, 250, 500, 1000, 2500, 5000, 10_000];
const ALLOWED: ReadonlySet<string> = new Set(Array.from({ length: 1000 }, (_, i) => `vip-${i}`));
const COOKIE = /(?:^|; )sticky=([^;]*)/;

const counts = { v1: new Float64Array(256), v2: new Float64Array(256) };

const macOf = (text: string): string => createHmac('sha256', KEY).update(text).digest('base64url');

function remembered(cookies: string): Version | undefined {
  const value = COOKIE.exec(cookies)?.[1];
  const dot = value?.lastIndexOf('.') ?? -1;
  if (value === undefined || macOf(value.slice(0, dot)) !== value.slice(dot + 1)) return undefined;
  return value.startsWith('v2.') ? 'v2' : 'v1';
}

export interface Decided {
  readonly version: Version;
  readonly setCookie: string | undefined;
}

export function decide(headers: IncomingHttpHeaders): Decided {
  const given = headers['x-user-id'] as string | undefined;
  const kept = remembered(headers.cookie ?? '');
  if (given !== undefined && ALLOWED.has(given)) return { version: 'v2', setCookie: undefined };
  if (kept !== undefined) return { version: kept, setCookie: undefined };
  const user = given ?? randomUUID();
  const version = crc32(user) % 10_000 < 1000 ? 'v2' : 'v1';
  const said = `${version}.${user}`;
  const how = 'Path=/; Max-Age=86400; HttpOnly; SameSite=Lax';
  return { version, setCookie: `sticky=${said}.${macOf(said)}; ${how}` };
}

/** Requests, errors and durations per version. */
export function record(version: Version, status: number, ms: number): void {
  const bucket = BOUNDS_MS.findIndex((bound) => ms <= bound);
  const cell = Math.floor(status / 100) * 16 + (bucket < 0 ? BOUNDS_MS.length : bucket);
  counts[version][cell] = (counts[version][cell] ?? 0) + 1;
}

/** Where a rival listens and where the versions are, as its arguments say: port, v1's port, v2's port. */
const [port = 0, v1 = 0, v2 = 0] = process.argv.slice(2).map(Number);
export const PORT = port;
export const URLS: Readonly<Record<Version, string>> = {
  v1: `http://127.0.0.1:${v1}`,
  v2: `http://127.0.0.1:${v2}`,
};
