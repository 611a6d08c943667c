/** What the admin server sees of the proxy, and what it may do to it. */
import type { Exposition } from '../exposition/scrape.ts';
import type { Engine } from '../run/engine.ts';

export interface AdminView {
  readonly plan: Pick<Engine['plan'], 'current' | 'status' | 'kill'>;
  readonly metrics: Pick<Exposition, 'scrape'>;
  readonly measured: Engine['measured'];
  readonly errors?: Engine['errors'];
  /** False while it drains. */
  readonly isReady: () => boolean;
  /** Keeps what was aborted over a restart; false where there is no state folder. Rejects when it can't be written. */
  readonly keepKilled: () => Promise<boolean>;
  readonly logLevel: { get(): string; set(level: string): void };
  readonly onAborted: (release: string, epoch: number) => void;
  /** Milliseconds since the epoch. */
  readonly now: () => number;
}
