/** Decides what comes on standard input, so that a test can compare another process with its own. */
import { readFileSync } from 'node:fs';
import { deserialize, serialize } from 'node:v8';
import { type DecisionContext, decide } from '../src/index.ts';
import { compileWorld } from './generators/plans.ts';
import type { World } from './oracle.ts';

interface Asked {
  readonly world: World;
  readonly requests: readonly DecisionContext[];
}

const asked = deserialize(readFileSync(0)) as readonly Asked[];
const decided = asked.map(({ world, requests }) =>
  compileWorld(world).releases.map((release) => requests.map((of) => decide(release, of))),
);
process.stdout.write(serialize(decided));
