/** What an answer's head says of who gave it, before that is taken off. Pure. */
import type { Decision } from '@tinct/core';
import type { ReleaseShape } from './roster.ts';

/** A release's route, and the variant that it leads to. */
export interface Routed {
  readonly release: string;
  readonly variant: string | undefined;
}

/** What is known of a service's answer. */
export interface Answered {
  /** The version that answered, by its own word. */
  readonly served: string | undefined;
  /** The routes on which the request went, by the routes' word. */
  readonly routed: readonly Routed[];
  /** Whether what came is older than the question: 304, and what a cache kept. */
  readonly cached: boolean;
  /** Whether it goes on as long as both sides like. */
  readonly stream: boolean;
  /** gRPC's status, where it stands in the head. */
  readonly grpcStatus: number | undefined;
}

const SERVED = 'x-tinct-served';
const ROUTED = 'x-tinct-routed';
/** As long as the longest version and more than the releases of one request. */
const MAX_LENGTH = 1024;
const NOWHERE: readonly Routed[] = [];

/** `my-service=v2, cart=v1` */
const routesIn = (text: string): Routed[] =>
  text
    .slice(0, MAX_LENGTH)
    .split(',')
    .map((part) => {
      const [release = '', variant] = part.split('=', 2).map((side) => side.trim());
      return { release, variant };
    });

const isZero = (text: string): boolean => /^0*$/.test(text.trim());

const lengthsOf = (names: readonly string[]): readonly boolean[] => {
  const longest = Math.max(...names.map(({ length }) => length));
  return Array.from({ length: longest + 1 }, (_, length) =>
    names.some((name) => name.length === length),
  );
};

/** Lengths of the names that matter: others are not even folded. */
const LENGTHS = lengthsOf([SERVED, ROUTED, 'age', 'content-type', 'grpc-status']);

/** `pairs`: names and values in turn. */
export function answeredBy(status: number, pairs: readonly string[]): Answered {
  let served: string | undefined;
  let routed = NOWHERE;
  let cached = status === 304;
  let stream = false;
  let grpcStatus: number | undefined;
  for (let i = 0; i + 1 < pairs.length; i += 2) {
    const given = pairs[i] as string;
    if (LENGTHS[given.length] !== true) continue;
    const value = pairs[i + 1] as string;
    const name = given.toLowerCase();
    if (name === SERVED) served = value.slice(0, MAX_LENGTH);
    else if (name === ROUTED) routed = [...routed, ...routesIn(value)];
    else if (name === 'age') cached ||= !isZero(value);
    else if (name === 'content-type') stream = value.startsWith('text/event-stream');
    else if (name === 'grpc-status') grpcStatus = Number(value);
  }
  return { served, routed, cached, stream, grpcStatus };
}

/** gRPC's status in trailers; where there is none, that of the head. */
export function grpcStatusOf(trailers: readonly string[]): number | undefined {
  const at = trailers.findIndex((name, i) => i % 2 === 0 && name.toLowerCase() === 'grpc-status');
  return at < 0 ? undefined : Number(trailers[at + 1]);
}

/** What is known of how a request ended, as far as reach goes. */
export interface Reached {
  /** The release whose URL it was sent to. */
  readonly direct?: string | undefined;
  readonly answered?: Answered | undefined;
}

/**
 * The releases whose own service answered. A URL of the release, or a route's word, says so; a service's word only where no
 * other release's service could have spoken: one that a gateway leads to, and no other such.
 */
export function reachedBy(
  decisions: readonly Decision[],
  { direct, answered }: Reached,
  shapeOf: (release: string) => ReleaseShape | undefined,
): (release: string) => boolean {
  const routed = answered?.routed ?? NOWHERE;
  if (direct !== undefined || routed.length > 0)
    return (release) => release === direct || routed.some((route) => route.release === release);
  if (answered?.served === undefined) return () => false;
  const exposed = decisions.filter(({ release }) => shapeOf(release)?.exposed === true);
  const [only] = exposed;
  return (release) => exposed.length === 1 && only?.release === release;
}

/** Stands for every version that the plan has not: whoever makes up new ones makes nothing grow. */
const NO_VARIANT = '_OTHER';

/**
 * The variant that answered a request which reached its release's service: by the pod's own word, else by its route's.
 * `undefined`: nobody says, or the answer is older than the question.
 */
export function servedVariant(
  { name, variants, versions }: ReleaseShape,
  assigned: string,
  answered: Answered | undefined,
): string | undefined {
  if (answered === undefined || answered.cached) return undefined;
  const { served, routed } = answered;
  if (served === undefined) {
    const variant = routed.find(({ release }) => release === name)?.variant;
    return variants.find((each) => each === variant);
  }
  if (versions.get(assigned)?.has(served) === true) return assigned;
  return variants.find((each) => versions.get(each)?.has(served) === true) ?? NO_VARIANT;
}
