/** Linting the mesh's manifests; each is retired rather than used for something else. */
import { type ErrorEntry, error, warning } from './entry.ts';

export const LINT = {
  TINCT_LINT_REGEX: error(
    'An expression that RE2 refuses',
    "Istio's validation refuses the object; where it is off, Envoy rejects the whole update, and other hosts' changes freeze with it. RE2 has no look-around and no back references.",
    'Write it in RE2 syntax; `exact` or `prefix` is often enough.',
  ),
  TINCT_LINT_REGEX_LONG: error(
    'An expression of more than 1,024 characters',
    "Istio's validation refuses the object; where it is off, Envoy rejects the whole update, and other hosts' changes freeze with it.",
    'Match on the decision rather than on ids: put the ids into a plan.',
  ),
  TINCT_LINT_MATCH_EMPTY: error(
    'An empty prefix or expression',
    "Istio's validation refuses the object; where it is off, Envoy rejects the whole update, and other hosts' changes freeze with it.",
    'Write what it is to begin with; `{}` asks whether the header is there.',
  ),
  TINCT_LINT_MATCH_MALFORMED: error(
    'A match that says nothing',
    "A match is one of `exact`, `prefix` and `regex` with a text, on a header that can exist. Istio's validation refuses the object; where it is off, Envoy rejects the whole update, and other hosts' changes freeze with it.",
    'Keep exactly one of the three, and quote numbers and booleans.',
  ),
  TINCT_LINT_WEIGHTS_TOTAL: error(
    'Weights that lead nowhere',
    "Beside others, a destination without a weight has none; the sum must be above 0 and no weight below. Istio's validation refuses the object; where it is off, Envoy rejects the whole update, and other hosts' changes freeze with it.",
    'Give each destination a weight.',
  ),
  TINCT_LINT_ROUTE_EMPTY: error(
    'A route that leads nowhere',
    "A route has destinations with a host, or redirects, or answers itself: exactly one of them. Istio's validation refuses the object; where it is off, Envoy rejects the whole update, and other hosts' changes freeze with it.",
    'Add `route` with a destination, or remove what stands beside it.',
  ),
  TINCT_LINT_SUBSET_MALFORMED: error(
    'A subset that Istio refuses',
    "Names are RFC 1123 labels and stand once in a DestinationRule; label values are those of Kubernetes. Istio's validation refuses the object; where it is off, Envoy rejects the whole update, and other hosts' changes freeze with it.",
    'Rename it, or remove one of the two.',
  ),
  TINCT_LINT_SUBSET_UNKNOWN: error(
    'A route to a subset that no DestinationRule has',
    'Envoy answers 503 to whatever takes this route; nothing falls back to another.',
    'Add the subset to a DestinationRule of the host first, then the route; or name the file that has it.',
  ),
  TINCT_LINT_SUBSET_PODS: warning(
    'Labels that no workload has',
    'A subset without pods answers 503.',
    'Compare with the labels of the pod template.',
  ),
  TINCT_LINT_SUBSET_LABELS: warning(
    'A subset of every pod',
    'Without labels a subset holds all pods of the service, those of other versions too.',
    'Add the labels of the version.',
  ),
  TINCT_LINT_HOST_PARTIAL: warning(
    'A host that Istio does not complete',
    'Istio completes a name without dots, and nothing else: `reviews.shop` is looked up as it stands, and no service is called so.',
    'Write the whole name, such as `reviews.shop.svc.cluster.local`.',
  ),
  TINCT_LINT_ROUTE_SHADOWED: warning(
    'A route that no request reaches',
    'An earlier route takes all that it would match: the first that matches holds.',
    'Move it in front of the other one, or remove it.',
  ),
  TINCT_LINT_HOST_SHARED: warning(
    'Several VirtualServices for one host, where order matters',
    'A gateway concatenates them, the oldest first; sidecars take the oldest alone. Recreating an object changes who gets what.',
    'Keep the routes of a host in one VirtualService. Beside one that only takes everyone, a gateway does no harm.',
  ),
  TINCT_LINT_WEIGHTS_UNSTICKY: warning(
    'Weights draw a version for each request',
    'The same user is thrown between versions, and sessions with them. Consistent hashing chooses pods within a version, not the version.',
    'Put the percentage into a plan (`tinct istio import` writes it) and route on its header.',
  ),
  TINCT_LINT_IDS: warning(
    'Ids in a VirtualService',
    'More than 50 exact values of one header: each is a route for every Envoy, and each new one is pushed to all of them.',
    'Put them into a list of a plan (`tinct istio import` writes it) and route on its header.',
  ),
  TINCT_LINT_RELEASE_UNROUTED: error(
    'A release that no route serves',
    'The edge colors the requests, and nothing in the mesh follows: everyone gets what uncolored requests get.',
    'Apply the routes that `tinct istio generate` writes, or name the file that has them.',
  ),
  TINCT_LINT_RELEASE_MISROUTED: error(
    'A colored request reaches another version',
    'A route in front of the one that follows the color takes the request. Who is on v2 gets v1 there, or the reverse.',
    'Put the matches of the color in front, for each path that leads to the service: `tinct istio generate` does.',
  ),
  TINCT_LINT_DEFAULT_CANARY: warning(
    'Uncolored requests reach another version than stable',
    'What has no decision is meant to get what was good.',
    "Lead the route for everyone to the plan's `stable`, or change the plan with `tinct plan complete`.",
  ),
  TINCT_LINT_MESH_MISSING: warning(
    'Routes that calls within the mesh do not take',
    'A VirtualService with `gateways` holds for them alone; sidecars obey it only where `mesh` is among them and its hosts name the service.',
    'Add `mesh` to `gateways` and the name of the service to `hosts`.',
  ),
  TINCT_LINT_WAYPOINT_MISSING: warning(
    'Ambient without a waypoint',
    'Without a waypoint the ambient mesh carries bytes and reads no headers: routes that match them are not looked at.',
    'Label the namespace or the Service with `istio.io/use-waypoint`, and deploy one: `istioctl waypoint apply`.',
  ),
  TINCT_LINT_EDGE_OPEN: warning(
    'Clients can send the color',
    'The gateway routes on a header that nothing in front of it, or in it, takes away from clients.',
    'Put Tinct in the gateway or in front of it: `tinct istio filter` and `tinct istio guard` write what is needed.',
  ),
  TINCT_LINT_FILTER_OPEN: error(
    'A color gets through when ext_authz does not answer',
    'With `failure_mode_allow`, a request goes on without a decision, and with the color that its client sent.',
    'Remove the routing headers by `early_header_mutation_extensions`: `tinct istio filter` writes it.',
  ),
  TINCT_LINT_FILTER_ROUTE_CACHE: error(
    'A decision that changes no route',
    'Envoy has chosen the route before it asks; without `clear_route_cache: true` the header arrives, and the request goes where it would have gone.',
    'Add `clear_route_cache: true`.',
  ),
} as const satisfies Record<string, ErrorEntry>;
