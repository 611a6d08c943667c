/** Gives findings that came later (of a comparison, of the program at hand) their place in the plan's text. */
import type { Finding } from '../errors.ts';
import { readSource } from './source.ts';

/** The findings with line and column, and file if one is given; those that name a file of their own stay. Never throws. */
export function placed(
  findings: readonly Finding[],
  text: string,
  file?: string,
): readonly Finding[] {
  if (findings.length === 0) return findings;
  const { source } = readSource(text);
  return findings.map((found) => {
    if (found.file !== undefined || found.line !== undefined) return found;
    return {
      ...found,
      ...source?.position(found.path, 'key'),
      ...(file === undefined ? {} : { file }),
    };
  });
}
