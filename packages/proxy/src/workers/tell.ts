/** Orders that are not waited for without end. */
import { setTimeout as wait } from 'node:timers/promises';
import type { Hand } from './hand.ts';
import type { Order } from './messages.ts';

const TURN_MS = 50;

/** Resolves when it is done, or nobody is left who would have to: who doesn't do it within this time is ended. */
export async function tell(hand: Hand, order: Order, withinMs: number): Promise<void> {
  const late = new AbortController();
  const options = { signal: late.signal, ref: false };
  const giveUp = wait(withinMs, undefined, options)
    // If it was this thread that was busy, the answer is there by now and has not been read yet.
    .then(() => wait(TURN_MS, undefined, options))
    .then(
      () => hand.kill(new Error(`it has said nothing for ${withinMs} ms`)),
      () => {},
    );
  await Promise.race([hand.tell(order), giveUp]);
  late.abort();
}
