/**
 * Tinct for @grpc/grpc-js:
 *
 * ```ts
 * new Server({ interceptors: [serverInterceptor(tinct)] });
 * new Client(address, credentials, { interceptors: [clientInterceptor(tinct)] });
 * ```
 */
import { isIP } from 'node:net';
import {
  InterceptingCall,
  type Interceptor,
  type Metadata,
  ServerInterceptingCall,
  type ServerInterceptingCallInterface,
  type ServerInterceptor,
  ServerListenerBuilder,
  status,
} from '@grpc/grpc-js';
import { GRPC_ERRORS } from '@tinct/core';
import type { Entered, Incoming } from '../inbound/incoming.ts';
import type { TinctOptions } from '../options.ts';
import { type Tinct, tinctOf } from '../tinct.ts';
import type { Peer } from '../trust/trusted-hops.ts';

/** What HTTP would say: the service's faults are 5xx, the caller's 4xx. */
function httpStatusOf(code: number): number {
  if (code === 0) return 200;
  return GRPC_ERRORS.has(code) ? 500 : 400;
}

/** A client gives up at its own deadline, which began a little before the server's. */
const DEADLINE_SLACK_MS = 20;

/** Of a call that ended without a status of the handler: the server itself says that the deadline has passed; else the client left. */
function statusOfCancelled(call: ServerInterceptingCallInterface): number {
  const isLate = Date.now() + DEADLINE_SLACK_MS >= Number(call.getDeadline());
  return isLate ? httpStatusOf(status.DEADLINE_EXCEEDED) : 0;
}

/** Text of metadata as names and values in turn; binary values are nobody's color. */
function flat(metadata: Metadata): string[] {
  return Object.keys(metadata.getMap()).flatMap((name) =>
    metadata.get(name).flatMap((value) => (typeof value === 'string' ? [name, value] : [])),
  );
}

/** `10.0.0.1:4711`, `[::1]:4711`. */
function peerOf(text: string): Peer | undefined {
  const remoteAddress = text.replace(/:\d+$/, '').replace(/^\[|\]$/g, '');
  const version = isIP(remoteAddress);
  return version === 0 ? undefined : { remoteAddress, remoteFamily: `IPv${version}` };
}

/** `dns:reviews:50051`, `dns:///reviews:50051`, `ipv4:10.0.0.1:50051`; what has no host leads nowhere that is allowed. */
function hostOf(target: string): string {
  const [, scheme = 'dns', rest = ''] =
    /^(?:(dns|ipv4|ipv6):)?(?:\/\/[^/]*\/)?(.*)$/.exec(target) ?? [];
  if (/^[a-z][a-z0-9+.-]*:(?!\d+$)/i.test(rest) && scheme === 'dns') return '';
  return rest.replace(/:\d+$/, '');
}

/** Writes the colors of the request that is being served into calls to allowed hosts. */
export function clientInterceptor(tinct: Tinct): Interceptor {
  return (options, nextCall) => {
    const call = nextCall(options);
    return new InterceptingCall(call, {
      start: (metadata, listener, next) => {
        tinct.outbound.carefully(() => color(tinct, hostOf(call.getPeer()), metadata));
        next(metadata, listener);
      },
    });
  };
}

function color(tinct: Tinct, host: string, metadata: Metadata): void {
  const before = flat(metadata);
  const after = tinct.outbound.headers(host, before);
  if (after === before) return;
  for (let i = 0; i < before.length; i += 2) metadata.remove(before[i] as string);
  for (let i = 0; i + 1 < after.length; i += 2)
    metadata.add(after[i] as string, after[i + 1] as string);
}

function incomingOf(
  path: string,
  call: ServerInterceptingCallInterface,
  metadata: Metadata,
): Incoming {
  const peer = peerOf(call.getPeer());
  return { rawHeaders: flat(metadata), peer, method: 'POST', host: call.getHost(), path };
}

/** Makes handlers, unary and streaming ones, see the decisions of their call. */
export function serverInterceptor(options: TinctOptions | Tinct): ServerInterceptor {
  const tinct = tinctOf(options);
  return ({ path }, call) => {
    let entered: Entered | undefined;
    let isOver = false;
    const start = performance.now();
    const run = (next: () => void) => (entered === undefined ? next() : entered.run(next));
    const ended = (status: number) => {
      if (!isOver) entered?.finished?.({ status, durationMs: performance.now() - start });
      isOver = true;
    };
    const listener = new ServerListenerBuilder()
      .withOnReceiveMetadata((metadata, next) => {
        const go = (found: Entered) => {
          entered = found;
          run(() => next(metadata));
        };
        const found = tinct.enter(incomingOf(path, call, metadata));
        if (found instanceof Promise) void found.then(go);
        else go(found);
      })
      .withOnReceiveMessage((message, next) => run(() => next(message)))
      .withOnReceiveHalfClose((next) => run(next))
      // Said at the end of every call, whichever it was.
      .withOnCancel(() => ended(statusOfCancelled(call)))
      .build();
    return new ServerInterceptingCall(call, {
      start: (next) => next(listener),
      sendMetadata: (metadata, next) => {
        for (const [name, value] of entered?.responseHeaders ?? [])
          if (name !== 'set-cookie') metadata.set(name, value);
        next(metadata);
      },
      sendStatus: (status, next) => {
        ended(httpStatusOf(status.code));
        next(status);
      },
    });
  };
}
