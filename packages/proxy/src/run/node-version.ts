/** Which Node is good enough for an edge that anybody may ask. */
import { type Finding, finding } from '@tinct/core';

/**
 * Of each line that is kept up, the first release that passes all tests of this package. Before 22.23 and 24.16 a connection that
 * breaks the rules of HTTP/2 stays open; until 22.23.2 and 24.20 a process whose HTTP/2 requests are reset at once may be
 * ended by an assertion of Node's own (`current_nghttp2_memory_`).
 */
export const GOOD_NODES = ['22.23.3', '24.21.0', '26.10.0'] as const;

type Version = readonly number[];

const numbersOf = (version: string): Version => version.split('.').map(Number);

/** Whether one is the other, or newer within its line. */
function isAsNew([, ...one]: Version, [, ...other]: Version): boolean {
  const at = one.findIndex((number, i) => number !== other[i]);
  return at < 0 || (one[at] ?? 0) > (other[at] ?? 0);
}

/** `version`: as `process.versions.node` has it. What is newer than all lines is for its own time to judge. */
export function nodeFindings(version: string): Finding[] {
  const mine = numbersOf(version);
  const lines = GOOD_NODES.map(numbersOf);
  const line = lines.find(([major]) => major === mine[0]);
  const isNewer = lines.every(([major = 0]) => major < (mine[0] ?? 0));
  if (isNewer || (line !== undefined && isAsNew(mine, line))) return [];
  const message = `this is Node ${version}; the edge is tested on ${GOOD_NODES.join(', ')} and newer of each`;
  return [finding('TINCT_EDGE_NODE_OLD', message, [])];
}
