/**
 * Somebody else's VirtualService: in front of each route that leads to a moved service stand copies of it, one for each
 * variant, that differ in the color they ask for and the subset they lead to. Everything else of the route is copied:
 * timeouts, retries, faults, rewrites, mirrors, CORS, other destinations and what the route itself asks for.
 */
import { type Finding, finding, isRecord, valueAt } from '@tinct/core';
import { baggageMatch, type ColorMatch } from '../documents/istio/match.ts';
import { ROUTED_HEADER, routedValue, routeName } from '../documents/names.ts';
import { fullHost } from '../manifests/hosts.ts';
import type { Path } from '../manifests/manifest.ts';
import type { Color } from '../routes/routing.ts';
import { blockEdits } from './blocks.ts';
import { both } from './conditions.ts';
import type { Edit } from './edits.ts';
import { type Insertion, type Moved, subsetOf } from './insertion.ts';
import { leftAlone } from './left-alone.ts';
import { ownerOfRoute } from './owner.ts';
import { joined } from './weights.ts';

type Rec = Readonly<Record<string, unknown>>;

/** What an object needs, and what is to be said of it. */
export interface Change {
  readonly edits: readonly Edit[];
  /** Their paths are the object's. */
  readonly findings: readonly Finding[];
  /** Whether anything in the object leads to a service of the release. */
  readonly concerned: boolean;
}

const ROUTES: Path = ['spec', 'http'];

const routesOf = (object: unknown): readonly unknown[] => {
  const routes = valueAt(object, ROUTES);
  return Array.isArray(routes) ? routes : [];
};

/** Takes a release's routes out. */
export function removeRoutes(object: unknown, release: string): Edit[] {
  const wanted = () => [];
  return blockEdits({
    path: ROUTES,
    items: routesOf(object),
    release,
    ownerOf: ownerOfRoute,
    wanted,
    isFirst: true,
  });
}

/** Puts a release's routes in front of those that lead to its services, or mends what stands there. */
export function insertRoutes(object: unknown, insertion: Insertion): Change {
  const namespace = namespaceOf(object);
  const findings = leftAlone(object, insertion, namespace);
  let concerned = false;
  const wanted = (route: unknown, index: number): Rec[] => {
    const moved = isRecord(route) ? movedBy(route, insertion, namespace) : undefined;
    if (moved === undefined) return [];
    concerned = true;
    const copier = new Copier(route as Rec, moved, { insertion, object, namespace });
    const copies = copier.copies();
    findings.push(...copier.findings([...ROUTES, index]));
    return copies;
  };
  const { release, isFirst } = insertion;
  const edits = blockEdits({
    path: ROUTES,
    items: routesOf(object),
    release,
    ownerOf: ownerOfRoute,
    wanted,
    isFirst,
  });
  return { edits, findings, concerned };
}

export function namespaceOf(object: unknown): string {
  const namespace = valueAt(object, ['metadata', 'namespace']);
  return typeof namespace === 'string' ? namespace : 'default';
}

const destinationsOf = (route: Rec): readonly unknown[] =>
  Array.isArray(route['route']) ? route['route'] : [];

function hostOf(destination: unknown, namespace: string): string | undefined {
  const host = valueAt(destination, ['destination', 'host']);
  return typeof host === 'string' ? fullHost(host, namespace) : undefined;
}

/** Two services of one release behind one route cannot both be followed by it; the first is, with the others beside it. */
function movedBy(route: Rec, { moved }: Insertion, namespace: string): Moved[] | undefined {
  const hosts = destinationsOf(route).map((one) => hostOf(one, namespace));
  const found = moved.filter(({ service }) => hosts.includes(service.host));
  return found.length === 0 ? undefined : found;
}

interface Around {
  readonly insertion: Insertion;
  readonly object: unknown;
  readonly namespace: string;
}

/** Copies one route for each color. */
class Copier {
  readonly #route: Rec;
  readonly #moved: readonly Moved[];
  readonly #around: Around;
  #isUnclear = false;

  constructor(route: Rec, moved: readonly Moved[], around: Around) {
    this.#route = route;
    this.#moved = moved;
    this.#around = around;
  }

  copies(): Rec[] {
    const [first] = this.#moved;
    if (first === undefined) return [];
    const { isAborted } = this.#around.insertion;
    if (isAborted) return [this.#copy(first.stable, this.#route['match'])];
    return first.colors.flatMap((color) => {
      const match = this.#matches().flatMap((one) => this.#colored(one, color));
      return match.length === 0 ? [] : [this.#copy(color, match)];
    });
  }

  findings(path: Path): Finding[] {
    const { namespace } = this.#around;
    const hosts = this.#moved.filter(({ service }) => this.#isUnpinned(service.host, namespace));
    const unpinned = hosts.map(({ service, stable }) =>
      finding(
        'TINCT_ISTIO_UNPINNED',
        `requests without a color reach every version of \`${service.host}\` here`,
        path,
        `lead this route to \`subset: ${stable.subset}\``,
      ),
    );
    if (!this.#isUnclear) return unpinned;
    const message =
      'an expression on the same header decides already, and a route has room for one';
    return [...unpinned, finding('TINCT_ISTIO_CONDITION', message, [...path, 'match'])];
  }

  #isUnpinned(host: string, namespace: string): boolean {
    return destinationsOf(this.#route).some(
      (one) =>
        hostOf(one, namespace) === host && valueAt(one, ['destination', 'subset']) === undefined,
    );
  }

  /** A route without conditions is for everyone. */
  #matches(): readonly Rec[] {
    const { match } = this.#route;
    return Array.isArray(match) && match.length > 0 ? match.filter(isRecord) : [{}];
  }

  #colored(match: Rec, color: Color): Rec[] {
    const joined = this.#alternatives(match, color).map(([one, part]) => both(one, part));
    if (joined.includes('unclear')) this.#isUnclear = true;
    return joined.flatMap((one) => (typeof one === 'string' ? [] : [one.match]));
  }

  /** By the header everywhere; by the baggage too, where calls within the mesh come by. */
  #alternatives(match: Rec, color: Color): (readonly [Rec, ColorMatch])[] {
    const byHeader = [match, { headers: { [color.header]: { exact: color.variant } } }] as const;
    if (this.#around.insertion.carrier === 'header') return [byHeader];
    const gateways = textsOf(match['gateways']) ??
      textsOf(valueAt(this.#around.object, ['spec', 'gateways'])) ?? ['mesh'];
    if (!gateways.includes('mesh')) return [byHeader];
    const inMesh = gateways.length === 1 ? match : { ...match, gateways: ['mesh'] };
    return [byHeader, [inMesh, baggageMatch(color)]];
  }

  #copy(color: Color, match: unknown): Rec {
    const { name: _name, match: _match, route: _route, headers, ...rest } = this.#route;
    return {
      name: routeName(color),
      ...(match === undefined ? {} : { match }),
      route: this.#destinations(color),
      ...rest,
      headers: marked(headers, routedValue(color)),
    };
  }

  /** Each destination of a moved service leads to the color's subset; those that became the same are one. */
  #destinations(color: Color): Rec[] {
    const { namespace } = this.#around;
    const led = destinationsOf(this.#route)
      .filter(isRecord)
      .map((one) => {
        const moved = this.#moved.find(({ service }) => service.host === hostOf(one, namespace));
        if (moved === undefined) return one;
        const destination = one['destination'] as Rec;
        return { ...one, destination: { ...destination, subset: subsetOf(moved, color) } };
      });
    return joined(led, 0);
  }
}

function textsOf(value: unknown): readonly unknown[] | undefined {
  return Array.isArray(value) && value.length > 0 ? value : undefined;
}

function marked(headers: unknown, value: string): Rec {
  const of = isRecord(headers) ? headers : {};
  const response = isRecord(of['response']) ? of['response'] : {};
  const set = isRecord(response['set']) ? response['set'] : {};
  return { ...of, response: { ...response, set: { ...set, [ROUTED_HEADER]: value } } };
}
