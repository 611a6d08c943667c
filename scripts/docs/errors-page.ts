import { ERRORS, type ErrorEntry, type Level } from '../../packages/core/src/errors.ts';

/** `docs/errors.md`: every code, what it means, and how to mend it. */
export function errorsPage(): string {
  return [
    '# Errors and warnings',
    '<!-- Made by `pnpm docs:generate` from packages/core/src/errors. -->',
    'Each mistake that Tinct reports has a code. A code never changes its meaning, and a retired one never comes back.',
    '## Errors',
    'An error refuses the document or the command; what was in force stays in force.',
    ...entries('error'),
    '## Warnings',
    'A warning refuses nothing.',
    ...entries('warning'),
  ]
    .join('\n\n')
    .concat('\n');
}

const entries = (level: Level): string[] =>
  Object.entries<ErrorEntry>(ERRORS)
    .filter(([, entry]) => entry.level === level)
    .map(([code, { title, cause, mend }]) =>
      [`### ${code}`, `**${title}.** ${cause}`, `*Mend:* ${mend}`].join('\n\n'),
    );
