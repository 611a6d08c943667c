import type { HeaderValues } from './headers.ts';

function unquote(value: string): string {
  return value.length > 1 && value.startsWith('"') && value.endsWith('"')
    ? value.slice(1, -1)
    : value;
}

function decode(value: string): string {
  if (!value.includes('%')) return value;
  try {
    return decodeURIComponent(value);
  } catch {
    return value;
  }
}

/** All values that the request's cookies give a name: a parser that keeps only one would hide that there are two. */
export function cookieValues(headers: HeaderValues, name: string): string[] {
  const values: string[] = [];
  for (const pair of headers('cookie').flatMap((header) => header.split(';'))) {
    const equals = pair.indexOf('=');
    if (equals !== -1 && pair.slice(0, equals).trim() === name)
      values.push(decode(unquote(pair.slice(equals + 1).trim())));
  }
  return values;
}
