/** Hosts to which more releases apply than a request can carry headers. */
import type { Report } from '../report.ts';
import type { Draft, ReleaseDraft } from '../structure.ts';

/** The most releases that apply to one host: Envoy accepts 100 headers by default. */
export const MAX_RELEASES_PER_HOST = 48;

/** Stands for every host. */
const EVERYWHERE = '*';

/** Pattern → the releases that apply to it. */
type Releases = ReadonlyMap<string, ReadonlySet<string>>;

/** Names the widest patterns that are crowded; what lies below them is crowded too. */
export function checkHosts(draft: Draft, report: Report): void {
  const releases = Object.entries(draft.releases).filter(isScoped);
  if (releases.length <= MAX_RELEASES_PER_HOST) return;
  const named = releasesByHost(releases);
  const known = new Map<string, ReadonlySet<string>>();
  const isCrowded = (host: string) => allAt(host, named, known).size > MAX_RELEASES_PER_HOST;
  for (const host of new Set([EVERYWHERE, ...named.keys()])) {
    if (isCrowded(host) && (host === EVERYWHERE || !isCrowded(parentOf(host))))
      reportCrowd(host, allAt(host, named, known), report);
  }
}

function reportCrowd(host: string, releases: ReadonlySet<string>, report: Report): void {
  const where = host === EVERYWHERE ? 'every host' : `\`${host}\``;
  const last = [...releases][MAX_RELEASES_PER_HOST] as string;
  const message = `${releases.size} releases apply to ${where}; at most ${MAX_RELEASES_PER_HOST}`;
  report('TINCT_PLAN_HOST_CROWDED', message, ['releases', last]);
}

function isScoped(entry: [string, ReleaseDraft | undefined]): entry is [string, ReleaseDraft] {
  const [, release] = entry;
  return release !== undefined && !release.damaged.has('scope');
}

/** The releases that name each pattern. */
function releasesByHost(releases: readonly [string, ReleaseDraft][]): Releases {
  const named = new Map<string, Set<string>>();
  for (const [name, { scope }] of releases) {
    for (const host of scope?.hosts ?? [EVERYWHERE]) {
      const others = named.get(host);
      if (others === undefined) named.set(host, new Set([name]));
      else others.add(name);
    }
  }
  return named;
}

/** The next wider pattern: `a.b.c` → `*.b.c`, `*.b.c` → `*.c`, `*.c` → everywhere. */
function parentOf(host: string): string {
  const dot = host.indexOf('.', host.startsWith('*.') ? 2 : 0);
  return dot < 0 ? EVERYWHERE : `*${host.slice(dot)}`;
}

/** The releases that name a pattern or a wider one. */
function allAt(
  host: string,
  named: Releases,
  known: Map<string, ReadonlySet<string>>,
): ReadonlySet<string> {
  const before = known.get(host);
  if (before !== undefined) return before;
  const own = named.get(host) ?? new Set<string>();
  const wider = host === EVERYWHERE ? new Set<string>() : allAt(parentOf(host), named, known);
  // A crowd is not counted again for each of the hosts below it.
  const all =
    own.size === 0 || wider.size > MAX_RELEASES_PER_HOST ? wider : new Set([...wider, ...own]);
  known.set(host, all);
  return all;
}
