/** Identity sources and attributes: exactly one kind each, and every cookie says who is believed. */
import type { Report } from '../report.ts';
import { ATTRIBUTE_KINDS, IDENTITY_KINDS } from '../schema.ts';
import type { Path } from '../source.ts';
import type { Draft } from '../structure.ts';
import { present } from './draft.ts';

interface Sourced {
  readonly trust?: 'hops' | 'anyone' | undefined;
}

export function checkIdentity(draft: Draft, report: Report): void {
  draft.identity.forEach((source, i) => {
    if (source === undefined) return;
    checkKind(source, IDENTITY_KINDS, ['identity', i], report);
    if (source.jwt !== undefined) checkToken(source.jwt, ['identity', i, 'jwt'], report);
  });
  for (const [name, source] of Object.entries(draft.attributes)) {
    if (source !== undefined) checkKind(source, ATTRIBUTE_KINDS, ['attributes', name], report);
  }
}

function checkKind(source: Sourced, kinds: readonly string[], path: Path, report: Report): void {
  const found = present(source, kinds);
  if (!exactlyOne(found, kinds, path, report)) return;
  const [kind] = found;
  if (kind === 'cookie' && source.trust === undefined) {
    report(
      'TINCT_PLAN_TRUST_MISSING',
      'a cookie does not say who is believed',
      [...path, kind],
      'add `trust: hops` or `trust: anyone`',
    );
  }
  if (kind !== 'cookie' && kind !== 'header' && source.trust !== undefined) {
    report('TINCT_PLAN_TRUST_SUPERFLUOUS', `\`trust\` means nothing beside \`${kind}\``, [
      ...path,
      'trust',
    ]);
  }
  if (source.trust === 'anyone') {
    report('TINCT_PLAN_TRUST_ANYONE', `any client may choose this ${kind}`, [...path, 'trust']);
  }
}

/** Reports unless exactly one of the kinds is there. */
export function exactlyOne(
  found: readonly string[],
  kinds: readonly string[],
  path: Path,
  report: Report,
): boolean {
  if (found.length === 1) return true;
  const [message, hint] =
    found.length === 0
      ? [`one of ${kinds.join(', ')} is needed`, 'add one of them']
      : [`${found.join(' and ')} exclude each other`, 'keep one of them'];
  report('TINCT_PLAN_EXACTLY_ONE', message, path, hint);
  return false;
}

function checkToken(
  jwt: { header?: string | undefined; cookie?: string | undefined },
  path: Path,
  report: Report,
): void {
  if (jwt.header !== undefined && jwt.cookie !== undefined) {
    report(
      'TINCT_PLAN_EXACTLY_ONE',
      'header and cookie exclude each other',
      path,
      'keep one of them',
    );
  }
}
