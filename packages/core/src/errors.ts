/**
 * Every mistake that Tinct can report, in one table. Codes are forever: a retired one stays retired.
 * `docs/errors.md` is made from it, and a test holds the two and the code equal.
 */

export type Level = 'error' | 'warning';

export interface ErrorEntry {
  readonly level: Level;
  /** What is wrong, in a few words. */
  readonly title: string;
  /** Why it is a mistake. */
  readonly cause: string;
  /** How to mend it. */
  readonly mend: string;
}

const error = (title: string, cause: string, mend: string): ErrorEntry => ({
  level: 'error',
  title,
  cause,
  mend,
});
const warning = (title: string, cause: string, mend: string): ErrorEntry => ({
  level: 'warning',
  title,
  cause,
  mend,
});

export const ERRORS = {
  // Reading the document
  TINCT_PLAN_SYNTAX: error(
    'The plan is not YAML 1.2 or JSON',
    'The text cannot be parsed.',
    'Mend the syntax at the place named; indentation and unclosed quotes are the usual causes.',
  ),
  TINCT_PLAN_TOO_LARGE: error(
    'The plan is too large',
    'A plan has at most 1,048,576 characters, 200,000 values, 32 levels of nesting, 100 identity sources, 1,000 attributes, 1,000 cohorts, 1,000 releases, 1,000 rules and 100 services per release, 10,000 hosts, and 10,000 inline ids per rule or cohort.',
    'Move ids into a list cohort, or divide the plan.',
  ),
  TINCT_PLAN_ALIAS_BOMB: error(
    'Aliases expand too far',
    'Aliases that repeat each other can fill any memory: with its aliases written out, a plan has at most 200,000 values.',
    'Write the values out.',
  ),
  TINCT_PLAN_CHARACTER: error(
    'A character that no plan may hold',
    'NUL and lone surrogates cannot be hashed, sent or stored the same way everywhere.',
    'Remove the character.',
  ),
  TINCT_PLAN_KEY_DUPLICATE: error(
    'A key stands twice',
    'Which of the two counts would depend on the parser.',
    'Remove one of them.',
  ),
  TINCT_PLAN_KEY_UNKNOWN: error(
    'An unknown key',
    'A misspelt key would silently do nothing.',
    'Use a key that is known here, or remove it.',
  ),
  TINCT_PLAN_KEY_MISSING: error(
    'A key is missing',
    'The plan cannot be understood without it.',
    'Add it.',
  ),
  TINCT_PLAN_TYPE: error(
    'A value of the wrong type',
    'Another kind of value is expected here.',
    'Write the kind of value that the message names; numbers and booleans that are meant as text need quotes.',
  ),
  TINCT_PLAN_VALUE: error(
    'A value outside what is allowed',
    'Only the values that the message names mean something here.',
    'Use one of them.',
  ),
  TINCT_PLAN_EXACTLY_ONE: error(
    'Exactly one of several keys is needed',
    'None of them, or several at once, has no meaning.',
    'Keep exactly one of the keys that the message names.',
  ),

  // Values
  TINCT_PLAN_NAME_MALFORMED: error(
    'A malformed name',
    'Names become header names, labels and subsets: RFC 1123 labels of at most 40 characters (a-z, 0-9, dash; a letter or digit at both ends).',
    'Rename it.',
  ),
  TINCT_PLAN_NAME_RESERVED: error(
    'A reserved name',
    '`explain`, `served`, `routed`, `decision`, `release` and `variant` name headers and labels of Tinct itself.',
    'Choose another name.',
  ),
  TINCT_PLAN_HEADER_MALFORMED: error(
    'Not a header or cookie name',
    "RFC 9110 allows letters, digits and !#$%&'*+-.^_`|~ only.",
    'Write the name alone, without colon or spaces.',
  ),
  TINCT_PLAN_HEADER_TAKEN: error(
    'A header is used twice',
    'A routing header is overwritten on every request: it cannot also carry an identity, an attribute or another release. What begins with `x-tinct-` is removed from requests, so nothing can be read from it. Case, and dash or underscore, make no difference.',
    'Give the release another `header`, or read another one.',
  ),
  TINCT_PLAN_HOST_MALFORMED: error(
    'Not a host name',
    'Hosts are DNS names in lower case without a port; the hosts of a `scope` may begin with `*.`.',
    'Write it as `shop.example`.',
  ),
  TINCT_PLAN_PATH_MALFORMED: error(
    'Not a path prefix',
    'A path prefix begins with a slash and covers what is below it; it holds no query, no fragment, no space and no `*`.',
    'Write it as `/checkout`.',
  ),
  TINCT_PLAN_COUNTER_MALFORMED: error(
    'Not a positive whole number',
    'Revisions and epochs count upwards from 1, stay exact (at most 9007199254740991) and are written in digits alone.',
    'Write a whole number above 0.',
  ),
  TINCT_PLAN_DURATION_MALFORMED: error(
    'Not a duration',
    'A duration is a whole number with a unit: ms, s, m, h or d.',
    'Write it as `300ms` or `30d`.',
  ),
  TINCT_PLAN_TIME_MALFORMED: error(
    'Not a point in time',
    'Points in time follow RFC 3339, with seconds and an offset.',
    'Write it as `2026-01-31T08:00:00Z`.',
  ),
  TINCT_PLAN_DIGEST_MALFORMED: error(
    'Not a SHA-256 digest',
    'A digest is 64 hexadecimal digits in lower case.',
    'Run `tinct plan lock`.',
  ),
  TINCT_PLAN_ID_UNQUOTED: error(
    'An id without quotes',
    'YAML reads 123 as a number and 007 as 7; ids compare byte for byte.',
    'Put the id in quotes.',
  ),
  TINCT_PLAN_ID_EMPTY: error(
    'An empty id',
    'An empty targeting key is a missing identity: it never matches.',
    'Remove it.',
  ),
  TINCT_PLAN_PERCENT_RANGE: error(
    'A percentage outside 0 to 100',
    'A share lies between nobody and everybody.',
    'Write a number from 0 to 100.',
  ),
  TINCT_PLAN_PERCENT_FINE: error(
    'A percentage finer than 0.001',
    'There are 100,000 buckets, so a thousandth of a percent is the smallest step.',
    'Use at most three decimals.',
  ),
  TINCT_PLAN_REGEX: error(
    'Not an RE2 regular expression',
    '`matches` runs in linear time, so backreferences and look-around do not exist.',
    'Mend the expression, or use startsWith, endsWith or contains.',
  ),
  TINCT_PLAN_SEMVER: error(
    'Not a semantic version',
    'Versions follow SemVer 2.0.0: three numbers, no `v`, no ranges.',
    'Write it as `2.4.1`.',
  ),
  TINCT_PLAN_CIDR: error(
    'Not an IP range',
    'A range is an IPv4 or IPv6 address with a prefix length.',
    'Write it as `10.0.0.0/8` or `2001:db8::/32`.',
  ),

  // References and meaning
  TINCT_PLAN_SUBSET_UNKNOWN: error(
    'A variant without a subset',
    'No route could lead to it.',
    'Add the variant to the `subsets` of each service, or use one that is there.',
  ),
  TINCT_PLAN_COHORT_UNKNOWN: error(
    'An unknown cohort',
    'The rule names a cohort that the plan does not define.',
    'Define it under `cohorts`, or use one that is there.',
  ),
  TINCT_PLAN_ATTRIBUTE_UNKNOWN: error(
    'An undeclared attribute',
    'Without a source the attribute never has a value.',
    'Declare it under `attributes`, or use one that is there.',
  ),
  TINCT_PLAN_UNIT_UNKNOWN: error(
    'A unit type without a source',
    'No identity source yields this unit type, so nobody would ever match.',
    'Add a source to `identity`, or use a unit type that has one.',
  ),
  TINCT_PLAN_TRUST_MISSING: error(
    'A cookie without trust',
    'Browsers send whatever cookie they like; there is no safe default.',
    'Say `trust: hops` or `trust: anyone`.',
  ),
  TINCT_PLAN_TRUST_SUPERFLUOUS: error(
    'Trust where nothing is to be said',
    'A claim, a JWT and an issued id are believed because of their signature.',
    'Remove `trust`.',
  ),
  TINCT_PLAN_LIST_UNPINNED: error(
    'A list without a digest',
    'Plan and lists are swapped as one; without the digest two replicas could hold different lists under one revision.',
    'Run `tinct plan lock`.',
  ),
  TINCT_PLAN_LIST_OPTION: error(
    'A list option on a cohort that is no list',
    'sha256, format, column and allowBadLines describe a list file.',
    'Remove the option, or give the cohort a `list`.',
  ),
  TINCT_PLAN_RULE_EMPTY: error(
    'A rule that gives nothing or asks nothing',
    'A rule needs a condition or a share, and a variant or a split.',
    'Name whom it is for (users, cohort, when, percent) and what they get (variant, or split).',
  ),
  TINCT_PLAN_RULE_AMBIGUOUS: error(
    'A rule that gives two things',
    '`split` names its own variants and percentages.',
    'Use `variant` (with or without `percent`), or `split`.',
  ),
  TINCT_PLAN_PERCENT_CLASH: error(
    'Two percentages for different variants',
    'Both would take the same buckets, so the second would get less than it says.',
    'Use one rule with `split`.',
  ),
  TINCT_PLAN_SPLIT_RANGES: error(
    "Ranges that don't add up",
    'The widths of a variant’s ranges must equal its percentage, lie within 0 and 100000, be in order, and overlap nothing.',
    'Let `tinct plan set` write them.',
  ),
  TINCT_PLAN_WINNER: error(
    'A winner that does not fit the state',
    'A completed release names the variant that everyone gets, and keeps it while it is aborted; a running or paused one has none.',
    'Add `winner` to a completed release, or remove it from a running one.',
  ),
  TINCT_PLAN_SERVICE_MISSING: error(
    'A release without a service',
    'A release moves at least one service.',
    'Add it under `services`.',
  ),
  TINCT_PLAN_SERVICE_TAKEN: error(
    'A service in two running releases',
    'Two decisions about one service cannot both be routed.',
    'Merge the releases, or complete or abort one of them.',
  ),
  TINCT_PLAN_HOST_CROWDED: error(
    'Too many releases on one host',
    'Each adds a header, and Envoy accepts 100 headers by default: 48 releases that apply to one host is the most.',
    'Give releases a narrower `scope`, or complete and remove old ones.',
  ),

  // Lists
  TINCT_LIST_UNREADABLE: error(
    'A list that cannot be read',
    'The file is missing, is no regular file, or may not be read by this process.',
    "Check the path, which is relative to the plan, and the file's permissions.",
  ),
  TINCT_LIST_DIGEST: error(
    "A list with another digest than the plan's",
    'The file changed after it was locked, or another file lies in its place.',
    'Run `tinct plan lock` if the new content is meant; else restore the file.',
  ),
  TINCT_LIST_COLUMN: error(
    'The column of the ids cannot be found',
    'A CSV list names its columns in its first line, separated by commas; exactly one of them must be the one that the cohort names.',
    'Name the column as the first line has it, or add the line with the names.',
  ),
  TINCT_LIST_BAD_LINE: error(
    'A line without a usable id',
    'An id that is skipped without a word would be missing from the cohort, and nobody would know why.',
    'Mend the line, or raise `allowBadLines`.',
  ),
  TINCT_LIST_TOO_LARGE: error(
    'A list with too many ids',
    'A list has at most 100,000,000 ids, so that it cannot fill the memory.',
    'Divide it into several cohorts, or use a condition on an attribute.',
  ),
  TINCT_LIST_LINES_SKIPPED: warning(
    'Bad lines that the plan allows',
    'The ids that they were meant to hold are not in the cohort.',
    'Mend them, and lower `allowBadLines`.',
  ),

  // Warnings
  TINCT_PLAN_RULE_UNREACHABLE: warning(
    'A rule that can never match',
    'An earlier rule takes everyone whom it could match, or its own conditions exclude everyone.',
    'Remove it, or move it up.',
  ),
  TINCT_PLAN_COHORT_EMPTY: warning('An empty cohort', 'Nobody is in it.', 'Fill it, or remove it.'),
  TINCT_PLAN_SUBSET_EMPTY: warning(
    'A subset without labels',
    'A subset is the pods that have its labels; without labels it is all of them, the other versions too.',
    "Name the labels that only this version's pods have, such as `version: v2`.",
  ),
  TINCT_PLAN_COHORT_UNUSED: warning(
    'A cohort that no rule uses',
    'It is loaded for nothing.',
    'Remove it, or use it.',
  ),
  TINCT_PLAN_LIST_SHADOWED: warning(
    'A list that an earlier one covers',
    'The same ids were already decided by an earlier rule.',
    'Remove the later rule, or put the more special list first.',
  ),
  TINCT_PLAN_RULE_AFTER_PERCENT: warning(
    'A conditional rule after the percentage that is compared',
    'Those whom it targets may already be in the canary and are never in the control, so the comparison is skewed.',
    'Move the rule above the percentage.',
  ),
  TINCT_PLAN_ATTRIBUTE_TYPE: warning(
    "A comparison that an attribute's type rules out",
    'It stays unknown for every request, and a rule matches only on true.',
    'Declare the attribute with the `type` that the comparison needs, or compare it differently.',
  ),
  TINCT_PLAN_TRUST_ANYONE: warning(
    'Everyone may choose this value',
    'The client itself sets it.',
    'Use `trust: hops` or a JWT, unless the value is harmless.',
  ),

  // Changing a plan
  TINCT_PLAN_EDIT: error(
    'The plan cannot be changed at this place',
    'The value is shared by an alias, or its map or list is not there: a change would touch more than it says.',
    'Edit the file by hand.',
  ),
  TINCT_PLAN_RELEASE_UNKNOWN: error(
    'There is no such release',
    'The plan does not define a release of this name.',
    'Use a name that is there.',
  ),
  TINCT_PLAN_RULE_CHOICE: error(
    'Which rule is meant is not clear',
    'No rule, or several, have a percentage for this variant.',
    'Say which with `--rule N` (from 0) or `--variant`.',
  ),
  TINCT_PLAN_PAUSED: error(
    'A paused release may not be widened',
    'Pausing refuses whatever would move more units away from stable.',
    'Use `tinct plan resume`, then widen it.',
  ),
  TINCT_PLAN_STATE: error(
    'The state does not allow this',
    'Only a running release is paused, only a paused or aborted one resumed, only one that is not aborted completed.',
    'Look at the `state` of the release.',
  ),

  // Replacing a plan
  TINCT_PLAN_REVISION_LOWER: error(
    'A lower revision',
    'A higher revision is in force; an older plan never replaces a newer one.',
    'Use `tinct plan revert <ref>`: it writes the old content under a new revision.',
  ),
  TINCT_PLAN_REVISION_REUSED: error(
    'The same revision with other content',
    'Replicas could not tell which of the two is meant.',
    'Raise `metadata.revision`.',
  ),
  TINCT_PLAN_EPOCH_LOWER: error(
    'A lower epoch',
    'Epochs only grow: a lower one would bring back what an abort ended.',
    'Use `tinct plan resume`.',
  ),
  TINCT_PLAN_EPOCH_KILLED: error(
    'A release whose epoch was aborted',
    'An abort is final for its epoch, however high the revision.',
    'Use `tinct plan resume`: it raises the epoch.',
  ),
  TINCT_PLAN_SALT_CHANGED: warning(
    'A changed salt',
    'Every unit gets a new bucket: users are thrown between versions once.',
    'Keep the salt, unless that is what you want.',
  ),
  TINCT_PLAN_JUMP: warning(
    'A large step',
    'A bug in the new version would meet many users at once.',
    'Go in steps, such as 1, 5, 10, 20, 50, 100.',
  ),

  // The edge
  TINCT_PLAN_UNREADABLE: error(
    'The plan cannot be read',
    'The file is missing, is no regular file, may not be read, or is not UTF-8.',
    'Check the path and its permissions. The plan in force stays until this is mended.',
  ),
  TINCT_SOURCE_UNSUPPORTED: warning(
    'A source that this program cannot read',
    'It yields nothing here: as if every request lacked it.',
    'Give the program keys to sign ids with (`tinct keys generate`), or use a header or a cookie.',
  ),
  TINCT_EDGE_OPTION_MALFORMED: error(
    "An option of the edge that doesn't fit",
    'The edge does not start with an option that it would have to guess.',
    'Write what the message asks for.',
  ),
  TINCT_EDGE_ADDRESS: error(
    'The edge cannot listen there',
    'Another program holds the port, the host is not this machine, or the port needs more rights.',
    'Choose another port; 0 takes any that is free.',
  ),
  TINCT_EDGE_CERTIFICATE: error(
    'A certificate that cannot be used',
    'A file of `tls` cannot be read, is no PEM, or the key belongs to another certificate.',
    'Mend the files; while the edge runs, the certificates of before stay in force.',
  ),
  TINCT_EDGE_VARIANT_UNROUTED: error(
    'A variant without a URL',
    'The edge sends this release straight to a URL per variant, and one of the variants has none.',
    'Give the edge a URL for each variant of the release.',
  ),
  TINCT_EDGE_REQUEST_MALFORMED: error(
    'A request that cannot be forwarded (400)',
    'Its target or its Host is missing, doubled or no such thing: two programs on the way could read it differently.',
    'Send one Host header and an origin-form target such as `/path?query`.',
  ),
  TINCT_EDGE_HEAD_SLOW: error(
    'A request whose head took too long (408)',
    'A connection began a request and did not finish its head within `timeouts.head`.',
    'Send it at once; raise `timeouts.head` for clients that cannot.',
  ),
  TINCT_EDGE_BODY_TOO_LARGE: error(
    'A body that is too large (413)',
    'It is longer than `limits.bodyBytes`, by its Content-Length or by what came of it.',
    'Send less, or raise `limits.bodyBytes`.',
  ),
  TINCT_EDGE_TARGET_TOO_LONG: error(
    'A target that is too long (414)',
    'Path and query together are longer than `limits.targetBytes`.',
    'Send what is long in the body, or raise `limits.targetBytes`.',
  ),
  TINCT_EDGE_HEAD_TOO_LARGE: error(
    'A head that is too large (431)',
    'Request line and headers together are larger than `limits.headerBytes`; cookies that pile up are the usual cause.',
    'Send less, or raise `limits.headerBytes`.',
  ),
  TINCT_EDGE_OVERRIDE_REFUSED: error(
    'An override link that does not hold (403)',
    'Its token has ended, was signed by a key that is not in use here, or is no override token.',
    'Make a new one with `tinct override create`.',
  ),
  TINCT_EDGE_METHOD_REFUSED: error(
    'A method that the edge refuses (501)',
    'CONNECT would open a tunnel past it; TRACE would echo what other hops added.',
    'Use another method.',
  ),
  TINCT_EDGE_UPGRADE_REFUSED: error(
    'A WebSocket that the edge refuses (501)',
    'A WebSocket begins with a GET of HTTP/1.1.',
    'Send one.',
  ),
  TINCT_EDGE_UPSTREAM_UNREACHABLE: error(
    'The upstream cannot be reached (503)',
    'No connection came about: nothing of the request was sent.',
    'Check that the service runs and that its URL is right.',
  ),
  TINCT_EDGE_UPSTREAM_INSECURE: error(
    'No TLS with the upstream (502)',
    'Its certificate is not believed, is for another name or has ended, or the service takes none of ours: nothing of the request was sent.',
    'Name its authority in `upstreamTls.authority`, its name in `upstreamTls.serverName`; renew what has ended.',
  ),
  TINCT_EDGE_UPSTREAM_BROKEN: error(
    'The upstream broke off (502)',
    'The connection ended, or what came was not HTTP, before an answer was there.',
    "Look into the service's own log.",
  ),
  TINCT_EDGE_UPSTREAM_SLOW: error(
    'The upstream did not answer in time (504)',
    'The service took longer than the edge waits.',
    'Mend the service, or give the edge a longer `timeouts.headersMs`.',
  ),
  TINCT_EDGE_OVERLOADED: error(
    'The edge has enough to do (503)',
    'As many requests as it may take on at a time are in flight.',
    'Try again after `Retry-After`; add replicas, or raise `limits.requests`.',
  ),

  // The ext_authz server
  TINCT_AUTHZ_OPTION_MALFORMED: error(
    "An option of the ext_authz server that doesn't fit",
    'The server does not start with an option that it would have to guess.',
    'Write what the message asks for.',
  ),
  TINCT_AUTHZ_STRANGER: error(
    'A check that is not the gateway’s (503, UNAUTHENTICATED)',
    'It does not carry the shared secret, or its connection shows no certificate of `tls.clientAuthority`.',
    'Give the gateway the secret as `x-tinct-gateway`, or a certificate; the answers are for nobody else.',
  ),

  // The edge's configuration
  TINCT_CONFIG_UNREADABLE: error(
    'The configuration cannot be read',
    'A file is missing, is no regular file, may not be read, is too large, or is not UTF-8.',
    'Check the path and its permissions.',
  ),
  TINCT_CONFIG_SYNTAX: error(
    'The configuration is not YAML 1.2 or JSON',
    'The text cannot be parsed, or says something twice.',
    'Mend it at the place named; indentation and unclosed quotes are the usual causes.',
  ),
  TINCT_CONFIG_KEY_UNKNOWN: error(
    'An unknown key of the configuration',
    'A misspelt key would silently do nothing.',
    'Use the name that the hint gives, or remove the key.',
  ),
  TINCT_CONFIG_KEY_MISSING: error(
    'A key of the configuration is missing',
    'There is no default that would be right for everyone.',
    'Add it to the file, or give it as a variable or a flag.',
  ),
  TINCT_CONFIG_TYPE: error(
    'A value of the wrong type in the configuration',
    'Another kind of value is expected here.',
    'Write the kind of value that the message names.',
  ),
  TINCT_CONFIG_VALUE: error(
    'A value of the configuration outside what is allowed',
    'The proxy does not start with a value that it would have to guess.',
    'Write what the message asks for.',
  ),
  TINCT_CONFIG_EXACTLY_ONE: error(
    'Keys of the configuration that exclude each other',
    'None of them, or several at once, has no meaning.',
    'Keep one of the keys that the message names.',
  ),
  TINCT_CONFIG_VARIABLE_UNKNOWN: warning(
    'A variable that looks misspelt',
    'It begins like a variable of Tinct, and none has this name: it does nothing.',
    'Use the name that the hint gives, or remove it.',
  ),

  // The admin server
  TINCT_ADMIN_REQUEST_MALFORMED: error(
    'A request that the admin server cannot read (400)',
    'Its body or its path is not what `/openapi.json` describes.',
    'Write it as that document has it.',
  ),
  TINCT_ADMIN_UNAUTHORIZED: error(
    'No token, or a wrong one (401)',
    'What changes or reveals needs the bearer token of the configuration.',
    'Send `Authorization: Bearer …` with the token of `admin.token` or `admin.tokenFile`.',
  ),
  TINCT_ADMIN_ROUTE_UNKNOWN: error(
    'There is nothing at this path (404)',
    'The admin server has no such route.',
    '`/openapi.json` lists all of them.',
  ),
  TINCT_ADMIN_HOST_REFUSED: error(
    'A Host that is not the admin server (421)',
    'A web page could reach it by a name of its own.',
    'Use its IP address or localhost, name the host in `admin.hosts`, or send the token.',
  ),
  TINCT_STATE_UNREADABLE: error(
    'The state cannot be read',
    'Without knowing what was aborted, starting could bring it back.',
    'Mend the file, or remove it once the aborts stand in the plan.',
  ),
  TINCT_STATE_UNWRITABLE: error(
    'The state cannot be written (500)',
    'The abort is in force, and would not outlive a restart.',
    'Mend the folder, and write the abort into the plan: `tinct plan abort`.',
  ),
  TINCT_ABORT_UNCONFIRMED: error(
    'An edge did not confirm the abort',
    'It could not be reached, or said no: it may still send users to the release.',
    'Look at each line above, run the command again, and write the abort into the plan: `tinct plan abort`.',
  ),
  // Istio's documents
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
    'Check the hosts in the plan and in the documents, and their namespaces.',
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

  // The command
  TINCT_CLI_COMMAND_UNKNOWN: error(
    'An unknown command',
    'There is no command of this name.',
    'Use the name that the hint gives; `tinct --help` lists all of them.',
  ),
  TINCT_CLI_OPTION_UNKNOWN: error(
    'An unknown option',
    'An option that is passed over would silently do nothing.',
    "Use the name that the hint gives; the command's `--help` lists its options.",
  ),
  TINCT_CLI_OPTION_VALUE: error(
    "An option's value that doesn't fit",
    'The value is missing, superfluous, given twice, or not of the kind that the option takes.',
    'Write what the message asks for.',
  ),
  TINCT_CLI_ARGUMENTS: error(
    "Arguments that don't fit together",
    'One is missing, there is one too many, or two of them exclude each other.',
    "Look at the synopsis in the command's `--help`.",
  ),
  TINCT_CLI_UNREADABLE: error(
    'A file that cannot be read',
    'It is missing, may not be read, is too large, or is not UTF-8.',
    'Check the path and its permissions.',
  ),
  TINCT_CLI_UNWRITABLE: error(
    'A file that cannot be written',
    'Its folder is missing or may not be written to, or the disk is full. What was there before is untouched.',
    "Check the path and the folder's permissions.",
  ),
  TINCT_CLI_EXISTS: error(
    'The file exists already',
    'The command makes a new file and never overwrites one.',
    'Choose another name, or remove the file.',
  ),
  TINCT_CLI_CHANGED_MEANWHILE: error(
    'The file changed meanwhile',
    'Somebody else wrote it between reading and writing; their change would have been lost.',
    'Run the command again.',
  ),
  TINCT_CLI_GIT: error(
    'git cannot show that',
    'There is no such revision, the file is not in it, or this is no git repository.',
    'Try `git show REF:FILE` yourself: it must print the plan.',
  ),

  // The cluster
  TINCT_KUBE_CONFIG: error(
    'A kubeconfig that leads nowhere',
    'It is missing, cannot be read, names no such context, or its way of proving who asks failed.',
    'Try `kubectl --kubeconfig FILE --context NAME version` yourself.',
  ),
  TINCT_KUBE_UNREACHABLE: error(
    'The API server does not answer',
    'Nobody listens there, its certificate is not trusted, it took too long, or it is overloaded.',
    'Check the server in the kubeconfig and the way to it; then run the command again: what was written already stays as it is, and is not written twice.',
  ),
  TINCT_KUBE_UNAUTHORIZED: error(
    'The API server does not know who asks',
    'The token or certificate has expired, or is of another cluster.',
    'Log in again, or choose another context.',
  ),
  TINCT_KUBE_FORBIDDEN: error(
    'A right is missing',
    'The Role of whoever asks lacks a verb for a resource.',
    'Add the rule that the hint names.',
  ),
  TINCT_KUBE_KIND_MISSING: error(
    'A kind that the cluster does not know',
    "Istio's or the Gateway API's definitions (CRDs) are not installed, or are too old for this version of them.",
    "Install them: Istio's with istiod 1.24 or newer, the Gateway API's standard channel from 1.2 on.",
  ),
  TINCT_KUBE_REFUSED: error(
    'The API server refuses an object',
    'A webhook or its own rules find it wrong, or its namespace is missing.',
    'Do what its message says.',
  ),
  TINCT_KUBE_CONFLICT: error(
    'A field that belongs to somebody else',
    'Another field manager wrote it last with another value. Tinct takes no field from its owner: the two would change it back and forth.',
    'Undo it there, or delete the object and apply again.',
  ),
  TINCT_KUBE_CHANGED: error(
    'An object changed meanwhile',
    'Somebody else wrote it between reading and writing; their change would have been lost.',
    'Run the command again.',
  ),
  TINCT_KUBE_LEASE: error(
    'Another run is at work',
    'Two runs for one plan would undo each other in the middle.',
    'Wait until it has ended.',
  ),
  TINCT_KUBE_FOREIGN: error(
    "An object that is not Tinct's own",
    'It has the name of one that Tinct would write, or speaks of the same requests: which of two routes or rules for one host wins depends on their age and place.',
    'Remove the other object, or lead what it leads by the plan.',
  ),

  // Keys and overrides
  TINCT_KEYS_MALFORMED: error(
    'Not a key file',
    'Keys are a JWK Set of `oct` keys for HS256, each of 32 bytes or more and with its own `kid`.',
    'Make one with `tinct keys generate`.',
  ),
  TINCT_OVERRIDE_LIFETIME: error(
    'An override that lasts too long',
    'An override ends within 24 hours: it must not outlive the test that it was made for.',
    'Write `--expires` as 1s to 24h, and make a new token tomorrow.',
  ),

  // Linting the mesh's manifests; each is retired rather than used for something else
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

  // Manifests, and importing them
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

  // Services
  TINCT_SDK_OPTION_MALFORMED: error(
    'An option of the middleware that does not fit',
    'The value of an option of `createTinct`, or of a variable that stands for one, means nothing.',
    'Write what the message names.',
  ),
  TINCT_SDK_TRUST_MISSING: warning(
    'Nobody is said to be trusted',
    'Without `trust` the service believes no color that a request brings: anyone could have sent it.',
    "Write `trust: 'mesh'` where something in front removes what clients send, `trust: { cidr: ['10.0.0.0/8'] }` where only these peers are to be believed, or `trust: 'none'`.",
  ),
  TINCT_SDK_COLOR_REFUSED: warning(
    'A color that a request brings is not believed',
    'A trusted peer sent a decision header, a routing header or a baggage member twice, or in a form that is none.',
    'Look at what stands in front of the service: each color is written exactly once. The request goes on as if it had none.',
  ),
  TINCT_SDK_PLAN_MISSING: warning(
    'A request is not decided',
    'The service decides by a plan, and none has come into force yet. The request goes on without a decision.',
    'Look at why the plan was refused: the line before this one says it.',
  ),
  TINCT_SDK_PLAN_REFUSED: warning(
    'A plan was not taken',
    'What was read is no plan that may replace the one in force, or it could not be read.',
    'Mend what the message names; the plan in force stays until then.',
  ),
  TINCT_SDK_FAILED: warning(
    'Something failed beside a request',
    'The middleware, or something that was hooked into it, threw. The request went on without it.',
    'Look at the cause that is named. If it lies in Tinct, please report it.',
  ),
  TINCT_SDK_PEER_UNKNOWN: warning(
    'The address of a peer is not known',
    'Peers are trusted by their address, and here the framework does not tell it: the request is not believed.',
    "Trust by address only where a socket is seen; elsewhere write `trust: 'mesh'` or `trust: 'none'`.",
  ),
  TINCT_SDK_COPIES_DIFFER: warning(
    'Two versions of @tinct/sdk in one process',
    'Copies of the package share one context, but these two do not understand each other: what one keeps, the other does not see.',
    'Bring all dependants to one version: `npm ls @tinct/sdk` shows them.',
  ),
} as const satisfies Record<string, ErrorEntry>;

export type ErrorCode = keyof typeof ERRORS;

/** One thing found in a document: what, where, and how to mend it. */
export interface Finding {
  readonly code: ErrorCode;
  readonly level: Level;
  readonly message: string;
  /** Where in the document: keys and indexes from the root. */
  readonly path: readonly (string | number)[];
  readonly file?: string;
  /** From 1. */
  readonly line?: number;
  /** From 1, in UTF-16 code units. */
  readonly column?: number;
  /** How to mend it here; the table's advice where there is nothing more to say. */
  readonly hint: string;
}

/** Makes a finding; its level is the table's. */
export function finding(
  code: ErrorCode,
  message: string,
  path: readonly (string | number)[],
  hint?: string,
): Finding {
  const { level, mend } = ERRORS[code];
  return { code, level, message, path, hint: hint ?? mend };
}

/** A mistake of the user's: a stable code, a message, a hint, and the findings behind it if there are several. */
export class TinctError extends Error {
  override readonly name = 'TinctError';
  readonly code: ErrorCode;
  readonly hint: string;
  readonly findings: readonly Finding[];

  constructor(
    code: ErrorCode,
    message: string,
    options: { hint?: string; findings?: readonly Finding[]; cause?: unknown } = {},
  ) {
    super(message, options.cause === undefined ? undefined : { cause: options.cause });
    this.code = code;
    this.hint = options.hint ?? ERRORS[code].mend;
    this.findings = options.findings ?? [];
  }
}

/** `release.rules[2].percent`: a finding's path as people write it. */
export function formatPath(path: readonly (string | number)[]): string {
  return path
    .map((step, i) => (typeof step === 'number' ? `[${step}]` : i === 0 ? step : `.${step}`))
    .join('');
}

/** `plan.yaml:12:7 error TINCT_…: message (path). Hint: …`, one line. */
export function formatFinding(f: Finding): string {
  const where = f.line === undefined ? f.file : `${f.file ?? 'plan'}:${f.line}:${f.column}`;
  const at = f.path.length > 0 ? ` (${formatPath(f.path.map(shortStep))})` : '';
  return printable(
    `${where === undefined ? '' : `${where} `}${f.level} ${f.code}: ${f.message}${at}. Hint: ${f.hint}`,
  );
}

function shortStep(step: string | number): string | number {
  return typeof step === 'string' && step.length > 60 ? `${step.slice(0, 57)}…` : step;
}

/** Line ends, escape sequences and invisible characters of a plan would speak to the terminal: they are shown as code points. */
function printable(text: string): string {
  return text.replace(
    /[\p{Cc}\p{Cf}\p{Cs}\p{Zl}\p{Zp}]/gu,
    (character) => `\\u{${(character.codePointAt(0) ?? 0).toString(16)}}`,
  );
}
