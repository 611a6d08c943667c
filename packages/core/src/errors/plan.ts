/** Reading a plan, and the form of its values. */
import { type ErrorEntry, error, warning } from './entry.ts';

export const PLAN = {
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
  TINCT_PLAN_METRIC_SELECTOR: error(
    'Not a counter to compare',
    'An analysis takes raw samples of counters: a name that ends in `_total`, `_count` or `_bucket`, with labels in braces. What `rate()`, `sum()`, ranges or arithmetic make of them has lost when they restarted, and a gauge was never a count.',
    'Select the counter itself: `orders_total{version="v2"}`; all series that it finds are added up.',
  ),
  TINCT_PLAN_METRICS_MANY: error(
    'More metrics than an analysis has alpha for',
    'All metrics of a release share a fifth of its one alpha: with more than 10 none could be found.',
    'Keep those that decide.',
  ),
  TINCT_PLAN_BASELINE: error(
    'Not a baseline',
    'A baseline is a variant of its own in the compared percentage: stable’s code, deployed as freshly as the canary, and compared with it instead of control. Stable itself, the winner and the only variant with a percentage are not.',
    'Give stable’s code a subset of its own, and a share in the `split` beside the canary’s.',
  ),
  TINCT_PLAN_BASELINE_SHARE: warning(
    'A baseline of another size',
    'A baseline stands for what a deployment as small and as fresh as the canary does; with another share it has other caches and another load.',
    'Give it the share of the canary.',
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
} as const satisfies Record<string, ErrorEntry>;
