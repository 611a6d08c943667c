/** A worker: an edge in a thread of its own, with the plan and the lists that it is handed. */
import { type MessagePort, parentPort, workerData } from 'node:worker_threads';
import { FingerprintList, type IdList, REGISTERS, TinctError } from '@tinct/core';
import type { LoadLists, PlanSource } from '@tinct/sdk';
import { type Edge, startEdge } from '../edge.ts';
import { type ExtAuthz, startExtAuthz } from '../ext-authz/server.ts';
import type { EdgeOptions } from '../options.ts';
import type { Ledger } from '../record/ledger.ts';
import { createLogger, type RequestNews, requestNews } from '../run/log.ts';
import type { Job, KEPT, Numbered, Order, PlanMessage, Report, WorkerStart } from './messages.ts';

/** The plan as the crew hands it over. */
class HandedPlan implements PlanSource {
  readonly name = 'crew';
  latest: PlanMessage | undefined;

  async read() {
    if (this.latest === undefined)
      throw new TinctError('TINCT_PLAN_UNREADABLE', 'there is no plan yet');
    return this.latest.text;
  }

  /** It is told to load. */
  watch() {
    return { close() {} };
  }

  readonly loadLists: LoadLists = async () =>
    new Map<string, IdList>(
      this.latest?.lists.map(([key, data]) => [key, new FingerprintList(data)]),
    );
}

function sharedLedger(say: (report: Report) => void): Ledger {
  return {
    row(name, cells) {
      const shared = new SharedArrayBuffer(cells * Float64Array.BYTES_PER_ELEMENT);
      const row = new Float64Array(shared);
      say({ kind: 'row', name, cells: row });
      return row;
    },
    registers(name) {
      const registers = new Uint8Array(new SharedArrayBuffer(REGISTERS));
      say({ kind: 'sketch', name, registers });
      return registers;
    },
    last: () => undefined,
    read: () => undefined,
    forget: (name) => say({ kind: 'forgotten', name }),
  };
}

/** The crew has what every worker saw, about as late as this. */
const TELL_ERRORS_MS = 1000;

/** What runs in a worker. What only one of the two has is not asked of the other. */
type Worked = Pick<Edge, 'address' | 'plan' | 'useKeys' | 'wantExamples' | 'retire' | 'close'> &
  Partial<Pick<Edge, 'errors' | 'noted'> & Pick<ExtAuthz, 'useSecrets'>>;

/** Says every second which errors there were, if there was a request. */
function tellErrors(
  { noted, errors }: Worked,
  say: (report: Report) => void,
): NodeJS.Timeout | undefined {
  if (noted === undefined || errors === undefined) return undefined;
  let told = 0;
  return setInterval(() => {
    if (noted() === told) return;
    told = noted();
    say({ kind: 'errors', reports: errors() });
  }, TELL_ERRORS_MS).unref();
}

/** Resolves when it is done and in force. */
async function obey(order: Order, edge: Worked, source: HandedPlan): Promise<void> {
  if (order.kind === 'plan') {
    source.latest = order.plan;
    await edge.plan.load();
  } else if (order.kind === 'kill') edge.plan.kill(order.release, order.epoch);
  else if (order.kind === 'keys') edge.useKeys(order.keys);
  else if (order.kind === 'secrets') edge.useSecrets?.(order.secrets);
  else if (order.kind === 'examples') edge.wantExamples();
  else if (order.kind === 'retire') edge.retire();
  else if (order.kind === 'close') await edge.close();
}

function started(
  { kind, options }: Job,
  given: Omit<Pick<EdgeOptions, (typeof KEPT)[number]>, 'onServed'> & RequestNews,
): Promise<Worked> {
  return kind === 'edge'
    ? startEdge({ ...options, ...given })
    : startExtAuthz({ ...options, ...given });
}

async function work(port: MessagePort, start: WorkerStart): Promise<void> {
  const say = (report: Report) => port.postMessage(report);
  const source = new HandedPlan();
  source.latest = start.plan;
  const log = createLogger(
    { level: 'info' },
    { write: (line) => say({ kind: 'line', line }) },
    Date.now,
  );
  const edge = await started(start.job, {
    plan: source,
    loadLists: source.loadLists,
    killed: start.killed,
    ledger: sharedLedger(say),
    ...requestNews(log, start.logsRequests),
    onTlsRefused: ({ message }) => say({ kind: 'tlsRefused', message }),
    onIssuer: ({ url, error }) => say({ kind: 'issuer', url, message: error?.message }),
  });
  port.on('message', ({ id, order }: Numbered) => {
    void obey(order, edge, source).then(() => {
      say({ kind: 'done', id });
      if (order.kind === 'close') port.close();
    });
  });
  const telling = tellErrors(edge, say);
  port.once('close', () => clearInterval(telling));
  say({ kind: 'listens', ...edge.address });
}

const port = parentPort;
if (port !== null)
  void work(port, workerData as WorkerStart).catch((error: unknown) => {
    if (!(error instanceof TinctError)) throw error;
    const { code, message } = error;
    port.postMessage({ kind: 'failed', code, message } satisfies Report);
    port.close();
  });
