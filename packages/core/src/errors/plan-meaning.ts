/** What a plan that can be read means, its lists, and what deserves a second look. */
import { type ErrorEntry, error, warning } from './entry.ts';

export const PLAN_MEANING = {
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
} as const satisfies Record<string, ErrorEntry>;
