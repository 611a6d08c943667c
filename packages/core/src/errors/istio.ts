/** Istio's documents. */
import { type ErrorEntry, error, warning } from './entry.ts';

export const ISTIO = {
  TINCT_ISTIO_NAMESPACE_MISSING: error(
    'A service whose namespace is unknown',
    'Its host is a name alone, and Istio would look it up in the namespace of whatever names it.',
    'Write the full host, such as `cart.shop.svc.cluster.local`, or set `istio.namespace` in the plan.',
  ),
  TINCT_ISTIO_HOST: error(
    'A host that no service has',
    'Istio completes a name alone, and nothing else: it would look for exactly this host.',
    'Write the full host, such as `cart.shop.svc.cluster.local`.',
  ),
  TINCT_ISTIO_SUBSET_CLASH: error(
    'One subset with two meanings',
    'Two releases name the same service and give a variant of the same name other labels.',
    'Give the variants different names, or the same labels.',
  ),
  TINCT_ISTIO_LABEL: error(
    'A label that Kubernetes refuses',
    'No pod can have it, and Istio refuses the whole object.',
    'Labels are at most 63 letters, digits, `-`, `_` and `.`; a key may have a DNS name and `/` in front.',
  ),
  TINCT_ISTIO_ENTRANCE_CLASH: error(
    'Two services behind one path',
    'Requests to this host and path would reach the service whose route happens to come first.',
    'Give the releases different `scope.paths`, or say `exposed: false` at one of the services.',
  ),
  TINCT_ISTIO_UNEXPOSED: warning(
    'A release that no gateway leads to',
    'It moves several services and says of none that gateways lead to it: only calls within the mesh follow its colors.',
    'Say `exposed: true` at the service that `scope` speaks of, and `exposed: false` at the others if that is what you want.',
  ),
  TINCT_ISTIO_GATEWAY_MISSING: error(
    'The plan names no gateway',
    'A gateway route belongs to gateways, and there is none to write it for.',
    'Add `istio: { gateways: [istio-system/edge] }` to the plan, or ask for `--for mesh`.',
  ),
  TINCT_ISTIO_PORT_MISSING: error(
    'A service without a port',
    'The Gateway API names the port of each Service that it leads to.',
    "Add the Service's `port` to the service of the plan.",
  ),
  TINCT_ISTIO_SELECTOR_MISSING: error(
    'A service without a selector',
    "For the Gateway API each version has a Service, and a version's labels alone would select the pods of other services too.",
    "Add the Service's own `selector` to the service of the plan, such as `{ app: cart }`.",
  ),
  TINCT_ISTIO_INEXPRESSIBLE: error(
    'What the target cannot express',
    'It would have to be left out, and requests would go another way than the plan says.',
    'Do what the hint says, or ask for another target.',
  ),
  TINCT_ISTIO_TOO_MANY: error(
    'More than a route of the Gateway API holds',
    'A route has at most 16 rules, 64 matches in each and 128 in all; the API server refuses more.',
    'Give the release fewer variants or paths, or ask for `--target istio`.',
  ),
  TINCT_ISTIO_CONDITION: error(
    'A condition that stands in the way',
    'The route asks for something of the header that carries the color, and no route can ask for both.',
    'Write the condition as `exact` or `prefix`, or give the release another `header`.',
  ),
  TINCT_ISTIO_ORDER: error(
    'A rule that a color would overtake',
    'In the Gateway API the rule that asks for more headers wins: a copy that asks for the color too would win over a rule that it must not.',
    'Give the rule another path or method, one header more, or a route of its own.',
  ),
  TINCT_ISTIO_SUBSET_THEIRS: error(
    'A subset of that name that means other pods',
    'The DestinationRule has it already, with labels that the plan does not give it.',
    'Do what the hint says.',
  ),
  TINCT_ISTIO_OWN: error(
    "An object of Tinct's own",
    '`tinct istio generate` makes it as a whole: what else is put into it would be lost.',
    'Generate it again, or remove its label `app.kubernetes.io/managed-by: tinct` if it is yours now.',
  ),
  TINCT_ISTIO_BESIDE: error(
    'Two objects for the same requests, whose order matters',
    'Beside routes that others wrote, those of Tinct are safe only at a gateway, and only where the others have nothing but routes for everything.',
    'Put the release into the object that is there: `tinct istio generate --into`.',
  ),
  TINCT_ISTIO_EDIT: error(
    'A text that cannot be changed in its place',
    'Tinct adds to the text and changes nothing else; here it could not, because of an alias or an unusual manner of writing.',
    'Write the list or the map out, on lines of its own.',
  ),
  TINCT_ISTIO_AMBIGUOUS: error(
    'A value that parsers read differently',
    'Kubernetes reads YAML 1.1 in part, where `on` is true and `010` is 8: a copy of the route could mean something else.',
    'Put quotes around it, or write it as `true`, `false` or a plain number.',
  ),
  TINCT_ISTIO_NOTHING: error(
    'Nothing leads to the release',
    'No route in these documents leads to a service of the release, and no DestinationRule is for one.',
    'Check the hosts in the plan and in the documents, and their namespaces: where a document names none, say it with `-n`.',
  ),
  TINCT_ISTIO_NEEDED: warning(
    'Routes whose subsets are not among these documents',
    'A route that names a subset, or the Service of a version, answers 503 until it is there.',
    'Give the DestinationRule to Tinct too, or write to a folder with `-o`, which gets what is needed.',
  ),
  TINCT_ISTIO_UNPINNED: warning(
    'Requests without a color reach every version',
    'The route leads to the whole service: once pods of the new version run, they get a share of what nobody decided.',
    'Lead the route to the stable version.',
  ),
  TINCT_ISTIO_UNPROMOTED: warning(
    'A route that leads to the version that was stable before',
    'It is kept in Git, so `tinct istio promote` changes nothing there: what has no color goes to the old version until its pods are gone, and nowhere after that.',
    'Lead the route to the new stable version, where it is kept.',
  ),
  TINCT_ISTIO_DELEGATE: warning(
    'A route that another VirtualService leads on',
    'The routes to the service may stand there; nothing was changed behind this one.',
    'Give that VirtualService to Tinct too.',
  ),
  TINCT_ISTIO_NO_HEADERS: warning(
    'A route that sees no headers',
    'TCP and TLS routes lead connections: no color can be followed.',
    'Let the requests come in as HTTP, or accept that the release does not reach them.',
  ),
  TINCT_ISTIO_HEADER_ONLY: warning(
    'A color is recognised by its header alone',
    'A service that passes on the baggage and not the header loses the color of its calls.',
    'Pass the routing header on in every service and say `--carrier header`, or ask for `--target istio`.',
  ),
  TINCT_ISTIO_WEIGHTED_PARTIAL: warning(
    'A rule that no weight can express',
    'A weight is drawn anew for each request and knows no users.',
    'Let an edge decide, or accept that this rule has no effect on requests without a color.',
  ),
} as const satisfies Record<string, ErrorEntry>;
