import { type Refusal, refusal } from '../refusal.ts';
import { UpstreamError } from './client/contract.ts';

/** How far a request had come when the upstream failed it. */
export interface Progress {
  /** Whether it was given to a connection. */
  readonly sent: boolean;
  /** Whether anything of an answer came. */
  readonly answered: boolean;
}

const codeOf = (error: Error) => (error instanceof UpstreamError ? error.code : undefined);

/** What to tell the client. */
export function refusalFor(error: Error, { sent }: Progress): Refusal {
  const code = codeOf(error);
  if (code === 'SLOW') return refusal('TINCT_EDGE_UPSTREAM_SLOW');
  if (code === 'STALLED') return refusal('TINCT_EDGE_BODY_SLOW');
  if (code === 'OVERSIZE') return refusal('TINCT_EDGE_BODY_TOO_LARGE');
  if (code === 'UNSWITCHABLE') return refusal('TINCT_EDGE_UPGRADE_REFUSED');
  if (code === 'INSECURE') return refusal('TINCT_EDGE_UPSTREAM_INSECURE');
  if (code === 'UNWRITABLE')
    return refusal(
      'TINCT_EDGE_REQUEST_MALFORMED',
      'The request target or a header cannot be forwarded.',
    );
  return refusal(sent ? 'TINCT_EDGE_UPSTREAM_BROKEN' : 'TINCT_EDGE_UPSTREAM_UNREACHABLE');
}

/** Who is to blame for a request that ended so. */
export function faultOf(error: Error, { status }: Refusal): 'upstream' | 'client' | undefined {
  if (codeOf(error) === 'STALLED') return 'client';
  return status < 500 ? undefined : 'upstream';
}

/** RFC 9110, 9.2.2. */
const IDEMPOTENT: ReadonlySet<string> = new Set(['GET', 'HEAD', 'OPTIONS', 'PUT', 'DELETE']);

/**
 * A service may close an idle connection in the moment in which a request takes it, and nobody can tell that from one that
 * died of the request. Such a request may be sent once more if doing it twice is the same as once and nothing came back.
 */
export function mayRetry(
  error: Error,
  { sent, answered }: Progress,
  method: string,
  hasBody: boolean,
): boolean {
  return sent && !answered && !hasBody && IDEMPOTENT.has(method) && codeOf(error) === 'LOST';
}
