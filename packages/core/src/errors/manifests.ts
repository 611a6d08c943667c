/** Manifests, and importing them. */
import { type ErrorEntry, error, warning } from './entry.ts';

export const MANIFESTS = {
  TINCT_MANIFEST_SYNTAX: error(
    'A manifest is not YAML or JSON',
    'The text cannot be parsed.',
    'Mend the syntax at the place named; indentation and unclosed quotes are the usual causes.',
  ),
  TINCT_MANIFEST_SHAPE: error(
    'Not a Kubernetes object',
    'An object has `apiVersion` and `kind`.',
    'Name files of Kubernetes objects only; render templates first (`helm template`, `kubectl kustomize`).',
  ),
  TINCT_IMPORT_NOTHING: error(
    'Nothing to import',
    'A plan is made from VirtualServices whose routes lead to versions of a service: subsets, or Services of their own.',
    'Name the file with the VirtualService, and the one with its DestinationRule.',
  ),
  TINCT_IMPORT_MATCH: warning(
    'A match is not carried over',
    'A plan decides by units, headers and cookies. A match that asks for anything else would decide otherwise in it.',
    'Write a rule for it by hand, or leave its route in the VirtualService.',
  ),
  TINCT_IMPORT_ROUTE: warning(
    'A route is not carried over',
    'It never matches, leads elsewhere than to one version, or has a path that its neighbours do not have.',
    'Leave it in the VirtualService; Tinct does not touch it there.',
  ),
  TINCT_IMPORT_KEPT: warning(
    'A setting stays where it is',
    'Timeouts, retries, faults, rewrites and the like are no decisions. Tinct leaves them in the routes.',
    'Nothing to do, as long as the VirtualService stays.',
  ),
  TINCT_IMPORT_SUBSET: warning(
    'Labels that are not known for sure',
    'A variant needs the labels of its pods. They are in the DestinationRule, or in the Service of the version.',
    'Name the file that has them, or check what was guessed.',
  ),
  TINCT_IMPORT_WEIGHTS: warning(
    'Weights became a percentage',
    'Istio draws a weight for each request, so that a user is thrown between versions. A percentage is of units, and each keeps its version.',
    'Nothing to do: this is what a plan is for.',
  ),
  TINCT_IMPORT_TRUST: warning(
    'Not everyone is believed any more',
    'A VirtualService matches what any client sends. A plan believes headers and cookies from trusted hops.',
    "List the hops that set it in the edge's `trustedHops`; or import with `--trust anyone` if clients may choose.",
  ),
  TINCT_IMPORT_UNIT: warning(
    'Somebody without an id gets stable',
    'A VirtualService routes requests; a plan decides for units, and where there is none, for stable.',
    'Let pages set the visitor id that Tinct issues, or name the header of the user: `--identity-header`.',
  ),
  TINCT_IMPORT_COOKIE: warning(
    'An expression over cookies is read as what it means',
    'Expressions over the whole Cookie header miss a cookie behind a space, or find it inside another one.',
    'Check that the cookie and its value are what was meant.',
  ),
  TINCT_IMPORT_NAME: warning(
    'A name had to change',
    'Variants and releases are RFC 1123 labels of at most 40 characters, and some names are reserved.',
    'Check the new name; the labels of the pods are what counts.',
  ),
} as const satisfies Record<string, ErrorEntry>;
