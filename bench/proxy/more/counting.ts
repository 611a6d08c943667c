/** What counting takes by itself, per request: the edge's recorder in this process, off the network. */
import { compilePlan, parsePlan } from '@tinct/core';
import { decideAll } from '@tinct/sdk';
import { type Asker, Recorder } from '../../../packages/proxy/src/record/recorder.ts';
import { median } from '../../decide/measure.ts';
import { HOST, users } from '../requests.ts';
import { planText } from '../tinct.ts';

const REQUESTS = 20_000;
const TURNS = 15;

type Request = Pick<ReturnType<typeof decideAll>, 'decisions' | 'releases' | 'units' | 'context'>;

/** One of each user, decided. */
function requestsOf(): { readonly requests: readonly Request[]; readonly recorders: Recorders } {
  const { plan } = parsePlan(planText());
  if (plan === undefined) throw new Error('the plan of the benchmark is no plan');
  const compiled = compilePlan(plan);
  const requests = users(2000).map(({ id }) =>
    decideAll({ host: HOST, path: '/cart' }, { units: { user: id } }, { compiled }, Date.now()),
  );
  const recorderOf = (counts: 'all' | 'edge') => {
    const recorder = new Recorder(undefined, Date.now, counts);
    recorder.expect(plan);
    return recorder;
  };
  return { requests, recorders: { all: recorderOf('all'), edge: recorderOf('edge') } };
}

interface Recorders {
  readonly all: Recorder;
  readonly edge: Recorder;
}

/** Microseconds of processor time per request. */
function turn(recorder: Recorder, requests: readonly Request[]): number {
  const before = process.cpuUsage();
  for (let i = 0; i < REQUESTS; i++) {
    const { decisions, releases, units, context } = requests[i % requests.length] as Request;
    const order = recorder.flips.next();
    const asker: Asker = { releases, units, context, stored: [], order, isNew: false, headers: [] };
    const outcome = { status: 200, fault: undefined, ms: i % 50, firstByteMs: i % 40 };
    recorder.record(decisions, { ...outcome, direct: 'shop' }, asker);
  }
  const { user, system } = process.cpuUsage(before);
  return (user + system) / REQUESTS;
}

/** Microseconds that counting adds to a request: everything less what `metrics: edge` counts too. Median of turns. */
export function countingUs(): number {
  const { requests, recorders } = requestsOf();
  const differences = Array.from({ length: TURNS }, () => {
    const [all, edge] = [turn(recorders.all, requests), turn(recorders.edge, requests)];
    return all - edge;
  });
  // What is compiled on the way is not what it costs.
  return median(differences.slice(3));
}
