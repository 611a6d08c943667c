import type { HeaderValues } from '../identity/headers.ts';

/**
 * Whether somebody goes to a page with this request. Browsers say so themselves; what doesn't, and asks for HTML, is
 * taken for one. Scripts, images and programs fetch in parallel and often keep no cookies: each of their requests
 * would be another visitor.
 */
export function isNavigation(method: string, headers: HeaderValues): boolean {
  if (method !== 'GET') return false;
  const [mode, ...more] = headers('sec-fetch-mode');
  if (mode !== undefined) return mode === 'navigate' && more.length === 0;
  return headers('accept').some((value) => value.toLowerCase().includes('text/html'));
}
