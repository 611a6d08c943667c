/** The list of a folder's files that `kubectl apply -k` reads. */
import { isRecord } from '@tinct/core';
import { parseDocument, stringify } from 'yaml';

export const KUSTOMIZATION = 'kustomization.yaml';

/** The list as Tinct writes it, in the order of writing. */
export function renderKustomization(resources: readonly string[]): string {
  const document = {
    apiVersion: 'kustomize.config.k8s.io/v1beta1',
    kind: 'Kustomization',
    resources,
  };
  return stringify(document, { lineWidth: 0 });
}

/**
 * Which of the files a list that is there lacks, when it is to be kept: it lists more than these files, or is not as
 * Tinct writes it. `undefined` when it can be written anew and nothing is lost.
 */
export function lackingInTheirs(
  text: string,
  files: readonly string[],
): readonly string[] | undefined {
  const listed = resourcesOf(text);
  const isOurs = text === renderKustomization(listed) && listed.every((one) => files.includes(one));
  return isOurs ? undefined : files.filter((one) => !listed.includes(one));
}

function resourcesOf(text: string): string[] {
  const document = parseDocument(text, { prettyErrors: false });
  const value: unknown = document.errors.length > 0 ? undefined : document.toJS();
  const resources = isRecord(value) ? value['resources'] : undefined;
  if (!Array.isArray(resources)) return [];
  return resources.map((one) => String(one).replace(/^\.\//, ''));
}
