/** One answer for each outbound call, whichever client makes it. */
import { currentContext } from '../context/storage.ts';
import type { RequestContext } from '../context/types.ts';
import type { Failures } from '../inbound/failures.ts';
import type { Observer } from '../inbound/incoming.ts';
import { coloredHeaders, type FlatHeaders, showsColors } from './colored.ts';
import type { IsAllowedHost } from './hosts.ts';

export interface OutboundParts {
  readonly mayColor: IsAllowedHost;
  /** Routing headers with names of their own, in lower case. */
  readonly routing: () => ReadonlySet<string>;
  readonly failures: Pick<Failures, 'add'>;
  readonly sent: NonNullable<Observer['sent']>;
}

export class Outbound {
  readonly #parts: OutboundParts;

  constructor(parts: OutboundParts) {
    this.#parts = parts;
  }

  /** Whether colors go to a host, with or without its port. */
  mayColor(host: string): boolean {
    return this.carefully(() => this.#parts.mayColor(host)) ?? false;
  }

  /**
   * The headers that a request to a host leaves with; the same array when nothing changes. Never throws: headers that
   * cannot be read leave as they are.
   *
   * @param host with or without its port
   * @param context of the request that is being served; default the current one
   */
  headers<T extends FlatHeaders>(
    host: string,
    headers: T,
    context: RequestContext | undefined = currentContext(),
  ): T | (string | readonly string[])[] {
    const { routing, sent } = this.#parts;
    const write = () => {
      const colors = this.mayColor(host) ? context?.colors : undefined;
      const colored = colors !== undefined && colors.headers.length > 0;
      sent(context, { host, colored });
      return colored ? coloredHeaders(headers, colors, routing()) : this.stripped(headers);
    };
    return this.carefully(write) ?? headers;
  }

  /** With the colors of the request that is being served, for what goes to no host: messages. */
  colored(headers: FlatHeaders): (string | readonly string[])[] | FlatHeaders {
    const { routing } = this.#parts;
    const write = () => coloredHeaders(headers, currentContext()?.colors, routing());
    return this.carefully(write) ?? headers;
  }

  /** Without anything of Tinct's; the same array where nothing is. */
  stripped<T extends FlatHeaders>(headers: T): T | (string | readonly string[])[] {
    const routing = this.#parts.routing();
    return showsColors(headers, routing) ? coloredHeaders(headers, undefined, routing) : headers;
  }

  /** What fails beside a call does not fail the call. */
  carefully<T>(work: () => T): T | undefined {
    try {
      return work();
    } catch (error) {
      this.#parts.failures.add('outbound.failed', error);
      return undefined;
    }
  }
}
