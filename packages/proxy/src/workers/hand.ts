/** One worker thread, seen from outside. */
import { extname } from 'node:path';
import { Worker } from 'node:worker_threads';
import { ERRORS, type ErrorCode, type ErrorReport, TinctError } from '@tinct/core';
import type { EdgeAddress } from '../downstream/listen.ts';
import type { Order, Report, WorkerStart } from './messages.ts';

/** `.ts` in the workspace, `.js` in what is published. */
const FILE = new URL(`./worker${extname(import.meta.url)}`, import.meta.url);

export interface HandEvents {
  row(hand: Hand, name: string, cells: Float64Array): void;
  sketch(hand: Hand, name: string, registers: Uint8Array): void;
  forgotten(hand: Hand, name: string): void;
  errors(hand: Hand, reports: ReadonlyMap<string, ErrorReport>): void;
  line(line: string): void;
  tlsRefused(message: string): void;
  /** What became of an issuer's keys, as this worker sees it. */
  issuer(url: string, message: string | undefined): void;
  /** It has ended; `error` says why, if it wasn't told to. */
  ended(hand: Hand, error: Error | undefined): void;
}

const asError = ({ code, message }: { code: string; message: string }): Error =>
  Object.hasOwn(ERRORS, code) ? new TinctError(code as ErrorCode, message) : new Error(message);

/**
 * A worker at its limit gets 16 MB more to end in, else the whole process does (Node's `Worker::NearHeapLimit`). What one
 * collection moves out of the young generation at once, a third of this, has to be well below.
 */
const YOUNG_MB = 12;

const limited = (heapMb: number | undefined) =>
  heapMb === undefined
    ? {}
    : { resourceLimits: { maxOldGenerationSizeMb: heapMb, maxYoungGenerationSizeMb: YOUNG_MB } };

export class Hand {
  /** Where it listens; rejects when it ends before. */
  readonly listening: Promise<EdgeAddress>;
  readonly #worker: Worker;
  readonly #waiting = new Map<number, () => void>();
  #orders = 0;
  #error: Error | undefined;
  #listens = false;

  /** `heapMb`: how much it may hold; default what a process of its own may. */
  constructor(start: WorkerStart, events: HandEvents, heapMb?: number) {
    const { promise, resolve, reject } = Promise.withResolvers<EdgeAddress>();
    this.listening = promise;
    this.listening.catch(() => {});
    this.#worker = new Worker(FILE, { workerData: start, ...limited(heapMb) });
    this.#worker
      .on('message', (report: Report) => {
        if (report.kind === 'listens') {
          this.#listens = true;
          resolve(report);
        } else if (report.kind === 'done') this.#done(report.id);
        else if (report.kind === 'row') events.row(this, report.name, report.cells);
        else if (report.kind === 'sketch') events.sketch(this, report.name, report.registers);
        else if (report.kind === 'forgotten') events.forgotten(this, report.name);
        else if (report.kind === 'errors') events.errors(this, report.reports);
        else if (report.kind === 'line') events.line(report.line);
        else if (report.kind === 'tlsRefused') events.tlsRefused(report.message);
        else if (report.kind === 'issuer') events.issuer(report.url, report.message);
        else this.#error = asError(report);
      })
      .on('error', (error) => {
        this.#error = error as Error;
      })
      .on('exit', () => {
        for (const id of this.#waiting.keys()) this.#done(id);
        reject(this.#error ?? new Error('a worker ended before it listened'));
        events.ended(this, this.#error);
      });
  }

  /** Resolves once the order is in force, or there is no worker any more to which it could matter. */
  tell(order: Order): Promise<void> {
    const { promise, resolve } = Promise.withResolvers<void>();
    this.#orders += 1;
    this.#waiting.set(this.#orders, resolve);
    this.#worker.postMessage({ id: this.#orders, order });
    return promise;
  }

  /** Whether it takes requests. */
  get listens(): boolean {
    return this.#listens;
  }

  /** At once, whatever it does. */
  async kill(why: Error): Promise<void> {
    this.#error ??= why;
    await this.#worker.terminate();
  }

  #done(id: number): void {
    this.#waiting.get(id)?.();
    this.#waiting.delete(id);
  }
}
