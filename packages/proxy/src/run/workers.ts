/** How many workers a configuration asks for, and what a program hears of them. */
import { availableParallelism } from 'node:os';
import type { ProxyConfig } from '../config/schema.ts';
import type { CrewEvents } from '../workers/crew.ts';
import type { EngineOptions } from './engine.ts';

export const workersOf = ({ workers }: Pick<ProxyConfig, 'workers'>): number =>
  workers === 'auto' ? availableParallelism() : workers;

export function crewEvents({
  log,
  onLine,
  logsRequests,
}: Pick<EngineOptions, 'log' | 'onLine' | 'logsRequests'>): CrewEvents {
  return {
    onDied: (error) =>
      log.error({ 'error.message': error?.message }, 'a worker died; another one takes its place'),
    onLine,
    logsRequests,
  };
}
