/** `x-tinct-explain`: how each decision of a request came about, for those who hold the debug token. */
import { createHash, timingSafeEqual } from 'node:crypto';
import { type CompiledRelease, type DecisionContext, explain, formatDecision } from '@tinct/core';
import { rawHeaderValues } from '@tinct/sdk';

const DEBUG_HEADER = 'x-tinct-debug';

const digest = (text: string): Buffer => createHash('sha256').update(text).digest();

/** Whether a request shows the token. Digests are compared, so that time tells neither its length nor its beginning. */
export function debugCheck(token: string | undefined): (raw: readonly string[]) => boolean {
  if (token === undefined) return () => false;
  const expected = digest(token);
  return (raw) => {
    const [shown, ...more] = rawHeaderValues(raw)(DEBUG_HEADER);
    return shown !== undefined && more.length === 0 && timingSafeEqual(digest(shown), expected);
  };
}

/** The decisions as `x-tinct-decision` has them, with the rule, the bucket and the unit's type. Never a key. */
export function explainText(
  releases: readonly CompiledRelease[],
  context: DecisionContext,
): string {
  const members = releases.map((release) => {
    const { decision, bucket, unit } = explain(release, context);
    const { rule, detail } = decision;
    const more = [
      `rule=${rule}`,
      ...(bucket === undefined ? [] : [`bucket=${bucket}`]),
      ...(unit === undefined ? [] : [`unit="${unit.type}"`]),
      ...(detail === undefined ? [] : [`detail=${detail}`]),
    ];
    return [formatDecision(decision), ...more].join(';');
  });
  return members.join(', ');
}
