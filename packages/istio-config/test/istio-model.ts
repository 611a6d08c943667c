/**
 * A small model of how Istio chooses a route: the first of `spec.http` of which one match holds. Written from Istio's
 * reference, and from nothing of what it judges.
 */
export type Rec = Record<string, unknown>;

export interface Request {
  /** `mesh`, or the gateway by which it comes. */
  readonly via: string;
  readonly path: string;
  readonly method: string;
  /** By lower-case name. */
  readonly headers: Readonly<Record<string, string>>;
}

/** The route that a VirtualService gives a request. */
export function routeOf(object: Rec, request: Request): Rec | undefined {
  const spec = object['spec'] as Rec;
  const bound = (spec['gateways'] as string[] | undefined) ?? ['mesh'];
  if (!bound.includes(request.via)) return undefined;
  return (spec['http'] as Rec[]).find((route) => {
    const matches = (route['match'] as Rec[] | undefined) ?? [];
    return matches.length === 0 || matches.some((match) => holds(match, request));
  });
}

function holds(match: Rec, { via, path, method, headers }: Request): boolean {
  const gateways = match['gateways'] as string[] | undefined;
  if (gateways !== undefined && gateways.length > 0 && !gateways.includes(via)) return false;
  if (match['uri'] !== undefined && !fits(match['uri'] as Rec, path)) return false;
  if (match['method'] !== undefined && !fits(match['method'] as Rec, method)) return false;
  const wanted = Object.entries((match['headers'] ?? {}) as Record<string, Rec>);
  const unwanted = Object.entries((match['withoutHeaders'] ?? {}) as Record<string, Rec>);
  return (
    wanted.every(([name, condition]) => fits(condition, headers[name.toLowerCase()])) &&
    !unwanted.some(([name, condition]) => fits(condition, headers[name.toLowerCase()]))
  );
}

/** An empty condition asks whether there is a value at all. */
function fits(condition: Rec, value: string | undefined): boolean {
  if (value === undefined) return false;
  const { exact, prefix, regex } = condition as Record<string, string | undefined>;
  if (exact !== undefined) return value === exact;
  if (prefix !== undefined) return value.startsWith(prefix);
  return regex === undefined || new RegExp(`^(?:${regex})$`).test(value);
}
