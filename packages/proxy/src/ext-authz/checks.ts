/** What either form brings of a check, as the pipeline takes it. */
import type { TrustedHops } from '@tinct/sdk';
import type { RequestHead } from '../exchange.ts';
import type { Check, Verdict } from './check.ts';
import { judgedPeer } from './downstream.ts';

export interface Asked {
  /** Of the request that is asked about. */
  readonly head: RequestHead;
  /** The address of the gateway's peer; `undefined` where the form doesn't say it. */
  readonly source: string | undefined;
  /** By which status this form can tell a refusal that has this one. */
  readonly statusFor: (status: number) => number;
  /** Whether the gateway waits no longer. */
  readonly gone: () => boolean;
  readonly answer: (verdict: Verdict) => void;
}

/** `hops`: how many stand between the gateway and the one that is judged. */
export function checkOf(
  { head, source, statusFor, gone, answer }: Asked,
  trustedHops: TrustedHops,
  hops: number,
): Check {
  const socket = judgedPeer(head.rawHeaders, source, hops);
  const startedAt = performance.now();
  return {
    req: head,
    socket,
    trusted: trustedHops.has(socket),
    elapsed: () => performance.now() - startedAt,
    statusFor,
    gone,
    answer(verdict) {
      if (!gone()) answer(verdict);
    },
  };
}
