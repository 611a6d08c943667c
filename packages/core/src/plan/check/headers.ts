/** Headers mean one thing each: a routing header is overwritten, and what begins as Tinct's own is removed. */
import { canonicalName } from '../../carriers/header-name.ts';
import type { Report } from '../report.ts';
import type { Path } from '../source.ts';
import type { Draft, ReleaseDraft } from '../structure.ts';
import { RESERVED, routingHeader } from './draft.ts';

/** What the edge removes from every request that it does not trust. */
const OWN_PREFIX = 'x-tinct-';

/** Headers that Tinct or HTTP itself needs on every request. */
const TAKEN: ReadonlySet<string> = new Set([
  'x-tinct-decision',
  'x-tinct-served',
  'x-tinct-routed',
  'x-tinct-explain',
  'baggage',
  'traceparent',
  'tracestate',
  'host',
  'connection',
  'content-length',
  'transfer-encoding',
  'te',
  'trailer',
  'upgrade',
  'expect',
  'cookie',
  'set-cookie',
  'authorization',
  'forwarded',
  'via',
  'keep-alive',
  'proxy-connection',
  'proxy-authorization',
  'proxy-authenticate',
  'x-forwarded-for',
  'x-forwarded-proto',
  'x-forwarded-host',
  'content-type',
  'date',
]);

/** A header that the plan reads from requests. */
interface Read {
  readonly header: string;
  readonly what: string;
  readonly path: Path;
}

function headersRead(draft: Draft): Read[] {
  const identity = draft.identity.flatMap((source, i): Read[] => {
    const what = 'an identity';
    const path = ['identity', i];
    if (source?.header !== undefined)
      return [{ header: source.header, what, path: [...path, 'header'] }];
    if (source?.jwt === undefined || source.jwt.cookie !== undefined) return [];
    const { header = 'authorization' } = source.jwt;
    return [{ header, what, path: [...path, 'jwt', 'header'] }];
  });
  const attributes = Object.entries(draft.attributes).flatMap(([name, source]): Read[] =>
    source?.header === undefined
      ? []
      : [
          {
            header: source.header,
            what: `the attribute \`${name}\``,
            path: ['attributes', name, 'header'],
          },
        ],
  );
  return [...identity, ...attributes];
}

export function checkHeaders(draft: Draft, report: Report): void {
  const taken = new Map<string, string>();
  for (const { header, what, path } of headersRead(draft)) {
    const name = canonicalName(header);
    taken.set(name, what);
    if (name.startsWith(OWN_PREFIX)) {
      const why = `\`${header}\` is removed from every request: what begins with \`${OWN_PREFIX}\` is Tinct's own`;
      report('TINCT_PLAN_HEADER_TAKEN', why, path, 'read another header');
    }
  }
  for (const [name, release] of Object.entries(draft.releases)) {
    if (release === undefined || release.damaged.has('header')) continue;
    checkRouting(name, release, taken, report);
    taken.set(canonicalName(routingHeader(name, release)), `the release \`${name}\``);
  }
}

function checkRouting(
  name: string,
  release: ReleaseDraft,
  taken: ReadonlyMap<string, string>,
  report: Report,
): void {
  const header = routingHeader(name, release);
  const needed = TAKEN.has(canonicalName(header)) ? 'what HTTP or Tinct itself needs' : undefined;
  const by = taken.get(canonicalName(header)) ?? needed;
  if (by === undefined || RESERVED.has(name)) return;
  const isNamed = release.header !== undefined;
  const path = ['releases', name, ...(isNamed ? ['header'] : [])];
  const hint = `give \`${name}\` ${isNamed ? 'another' : 'a'} \`header\``;
  const message = `\`${header}\` already carries ${by}`;
  report('TINCT_PLAN_HEADER_TAKEN', message, path, hint, isNamed ? 'value' : 'key');
}
