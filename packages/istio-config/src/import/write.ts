/** An imported plan as text that people like to read: what is short stands on one line, each rule says where it is from. */
import { Document, isMap, type Node, visit, type YAMLMap } from 'yaml';
import type { ImportDraft, ImportedRelease, ImportedRule } from './draft.ts';

export function writePlan(name: string, draft: ImportDraft): string {
  const document = new Document(planOf(name, draft), { aliasDuplicateObjects: false });
  visit(document, {
    Scalar(key, node, path) {
      const parent = path.at(-1);
      // Ids are texts whatever they look like; so that the next who edits the list sees it, all are quoted.
      if (key !== 'key' && !isMap(parent) && isInUsers(path)) node.type = 'QUOTE_DOUBLE';
    },
  });
  flow(document, ['identity'], true);
  flow(document, ['attributes'], false);
  for (const release of draft.releases) dress(document, release);
  document.commentBefore =
    ' Imported by `tinct istio import`: what it could not carry over, it said.\n Look it over, then: tinct validate';
  return document.toString({ lineWidth: 0, flowCollectionPadding: true });
}

function isInUsers(path: readonly unknown[]): boolean {
  return path.some(
    (step) => (step as { key?: { value?: unknown } } | undefined)?.key?.value === 'users',
  );
}

function planOf(name: string, { identityHeader, trust, attributes, releases }: ImportDraft) {
  const usesUser = releases.some(({ rules }) =>
    rules.some(({ rule }) => rule.users !== undefined || rule.when === undefined),
  );
  const isForUsersOnly = releases.every(({ rules }) =>
    rules.every(({ rule }) => rule.users !== undefined),
  );
  const identity = [
    ...(identityHeader === undefined || !usesUser
      ? []
      : [{ unit: 'user', header: identityHeader, ...(trust === 'hops' ? {} : { trust }) }]),
    ...(isForUsersOnly && identityHeader !== undefined ? [] : [{ unit: 'anonymous', issued: {} }]),
  ];
  return {
    apiVersion: 'tinct.dev/v1',
    kind: 'Plan',
    metadata: { name, revision: 1 },
    identity,
    ...(attributes.size > 0 && { attributes: Object.fromEntries(attributes) }),
    releases: Object.fromEntries(releases.map((release) => [release.name, releaseOf(release)])),
  };
}

function releaseOf({ service, host, stable, subsets, hosts, paths, rules }: ImportedRelease) {
  const scope = {
    ...(hosts.length > 0 && { hosts }),
    ...(paths.length > 0 && { paths }),
  };
  return {
    stable,
    ...(Object.keys(scope).length > 0 && { scope }),
    services: { [service]: { host, subsets } },
    ...(rules.length > 0 && { rules: rules.map(({ rule }) => rule) }),
  };
}

function dress(document: Document, { name, service, rules }: ImportedRelease): void {
  const at = ['releases', name];
  const scope = document.getIn([...at, 'scope']);
  if (isMap(scope)) scope.flow = true;
  flow(document, [...at, 'services', service, 'subsets'], false);
  rules.forEach(({ manifest, path }: ImportedRule, i) => {
    const node = document.getIn([...at, 'rules', i]);
    if (!isMap(node)) return;
    node.flow = true;
    const { line } = manifest.position(path);
    node.comment = ` ${manifest.file ?? manifest.name}:${line}`;
  });
}

/** Puts each value of a map or list on one line; of a map also those of its maps. */
function flow(document: Document, path: readonly string[], isList: boolean): void {
  const found = document.getIn(path);
  const items = (found as YAMLMap | undefined)?.items ?? [];
  for (const item of items) {
    const node = (isList ? item : (item as { value?: Node }).value) as
      | { flow?: boolean }
      | undefined;
    if (node !== undefined) node.flow = true;
  }
}
