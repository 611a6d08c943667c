/** Loaded before the edge: at SIGUSR2 one of its workers dies, as by a bug. */
import type { Worker } from 'node:worker_threads';

const workers = new Set<Worker>();
process.on('worker', (worker) => {
  workers.add(worker);
  worker.once('exit', () => workers.delete(worker));
});
process.on('SIGUSR2', () => {
  const [first] = workers;
  void first?.terminate();
});
