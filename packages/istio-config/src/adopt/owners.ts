/**
 * Whose a list is to the API server. Lists of routes and subsets have one owner as a whole: who writes into one takes it.
 * So that it can be given back, `metadata.managedFields` is written as it was; the server takes it where nothing else changes.
 */
import { isRecord, valueAt } from '@tinct/core';
import type { LiveObject, ManagedFields } from '../apply/object.ts';
import { FIELD_MANAGER } from '../apply/owned.ts';

/** A field manager; the server tells its applying from its updating. */
export interface Owner {
  readonly manager: string;
  readonly operation: string;
}

export const isOwner = (value: unknown): value is Owner =>
  isRecord(value) && typeof value['manager'] === 'string' && typeof value['operation'] === 'string';

/** The list that Tinct changes in an object of a kind. */
const LISTS: Readonly<Record<string, string>> = {
  VirtualService: 'http',
  DestinationRule: 'subsets',
};
const fieldOf = ({ kind }: LiveObject): string => `f:${LISTS[kind] ?? 'rules'}`;

/** Those who own the list of an object, Tinct aside. */
export function ownersOf(object: LiveObject): Owner[] {
  const field = ['fieldsV1', 'f:spec', fieldOf(object)];
  return (object.metadata.managedFields ?? [])
    .filter((entry) => entry.manager !== FIELD_MANAGER && valueAt(entry, field) !== undefined)
    .filter(isOwner)
    .map(({ manager, operation }) => ({ manager, operation }));
}

/** `managedFields` without Tinct, the list in the hands of those who owned it. One who owns nothing any more gets nothing. */
export function handedBack(object: LiveObject, owners: readonly Owner[]): ManagedFields[] {
  const others = (object.metadata.managedFields ?? []).filter(
    ({ manager, operation }) => manager !== FIELD_MANAGER || operation !== 'Update',
  );
  const isTheirs = (entry: ManagedFields): boolean =>
    entry.subresource === undefined &&
    owners.some((one) => one.manager === entry.manager && one.operation === entry.operation);
  return others.map((entry) => (isTheirs(entry) ? withField(entry, fieldOf(object)) : entry));
}

function withField(entry: ManagedFields, field: string): ManagedFields {
  const fields = isRecord(entry.fieldsV1) ? entry.fieldsV1 : {};
  const spec = isRecord(fields['f:spec']) ? fields['f:spec'] : {};
  return { ...entry, fieldsV1: { ...fields, 'f:spec': { ...spec, [field]: {} } } };
}
