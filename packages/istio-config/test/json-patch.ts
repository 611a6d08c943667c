/** RFC 6902, as far as the patches of these tests need it. */
import assert from 'node:assert/strict';
import type { Operation } from '@tinct/istio-config';

type Holder = Record<string, unknown> | unknown[];

export function patched(value: unknown, patch: readonly Operation[]): unknown {
  const result: unknown = structuredClone(value);
  for (const operation of patch) apply(result, operation);
  return result;
}

function apply(root: unknown, operation: Operation): void {
  const steps = operation.path
    .split('/')
    .slice(1)
    .map((step) => step.replaceAll('~1', '/').replaceAll('~0', '~'));
  const last = steps.pop() as string;
  const holder = steps.reduce<unknown>(
    (inner, step) => (inner as Record<string, unknown>)[step],
    root,
  ) as Holder;
  const there = (holder as Record<string, unknown>)[last];
  if (operation.op === 'test') return assert.deepEqual(there, operation.value, 'test failed');
  if (operation.op !== 'add') assert.notEqual(there, undefined, `${operation.op}: nothing there`);
  if (!Array.isArray(holder)) {
    if (operation.op === 'remove') delete holder[last];
    else holder[last] = structuredClone(operation.value);
  } else if (operation.op === 'remove') holder.splice(Number(last), 1);
  else
    holder.splice(Number(last), operation.op === 'add' ? 0 : 1, structuredClone(operation.value));
}
