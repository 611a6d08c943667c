/** `x-tinct-explain`: how each decision of a request came about, for those who hold the debug token. */
import { type CompiledRelease, type DecisionContext, explain, formatDecision } from '@tinct/core';
import { rawHeaderValues } from '@tinct/sdk';
import { secretCheck } from '../secret.ts';

const DEBUG_HEADER = 'x-tinct-debug';

/** Whether a request shows the token, once. */
export function debugCheck(token: string | undefined): (raw: readonly string[]) => boolean {
  if (token === undefined) return () => false;
  const isToken = secretCheck([token]);
  return (raw) => {
    const [shown, ...more] = rawHeaderValues(raw)(DEBUG_HEADER);
    return more.length === 0 && isToken(shown);
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
