/** What the edge needs to speak TLS to services: whom it believes, and what it shows. */
import { X509Certificate } from 'node:crypto';
import { readFile } from 'node:fs/promises';
import { createSecureContext, type SecureContext, type SecureContextOptions } from 'node:tls';
import { TinctError } from '@tinct/core';
import { type Watch, watchFile } from '@tinct/sdk';
import { whyUnusable } from '../certificate-words.ts';
import type { Security, UpstreamProtocol } from './client/secure-upstream.ts';

/** How services are spoken to by TLS. Their certificates are always checked. */
export interface UpstreamTls {
  /** Default `auto`: HTTP/2 where the service offers it (ALPN), else HTTP/1.1. */
  readonly protocol?: UpstreamProtocol | undefined;
  /** A PEM file: only what these authorities signed is believed. Default: those of Node. */
  readonly authority?: string | undefined;
  /** The name that the certificate must be for, and which the service is asked for (SNI). Default: the URL's host. */
  readonly serverName?: string | undefined;
  /** A PEM file to show to services that ask who comes. */
  readonly cert?: string | undefined;
  /** Its key. */
  readonly key?: string | undefined;
}

export interface UpstreamTlsOptions extends UpstreamTls {
  /** URLs for which all of this is said anew. */
  readonly byUrl?: Readonly<Record<string, UpstreamTls>> | undefined;
}

const filesOf = ({ authority, cert, key }: UpstreamTls): string[] =>
  [authority, cert, key].filter((file) => file !== undefined);

async function contextOf({ authority, cert, key }: UpstreamTls): Promise<SecureContext> {
  const read = async (name: string, file: string | undefined) =>
    file === undefined ? {} : { [name]: await readFile(file) };
  const parts = [read('ca', authority), read('cert', cert), read('key', key)];
  const found: SecureContextOptions = Object.assign({}, ...(await Promise.all(parts)));
  // Node passes over authorities that are none, and would then believe nobody.
  if (found.ca !== undefined) new X509Certificate(found.ca as Buffer);
  return createSecureContext(found);
}

/** One way to speak TLS, its files read again when they change. */
class Credentials {
  readonly security: Security;
  readonly #tls: UpstreamTls;
  #context: SecureContext | undefined;
  #watches: readonly Watch[] = [];

  constructor(tls: UpstreamTls) {
    this.#tls = tls;
    const { protocol = 'auto', serverName } = tls;
    this.security = {
      protocol,
      serverName,
      context: () => (this.#context ??= createSecureContext()),
    };
  }

  async load(): Promise<void> {
    const files = filesOf(this.#tls);
    this.#context = await contextOf(this.#tls).catch((cause: Error) => {
      throw new TinctError('TINCT_EDGE_CERTIFICATE', `${files.join(', ')}: ${whyUnusable(cause)}`, {
        cause,
      });
    });
  }

  watch(onRefused: (error: TinctError) => void): void {
    const reload = () => void this.load().catch(onRefused);
    this.#watches = filesOf(this.#tls).map((file) => watchFile(file, reload));
  }

  close(): void {
    for (const watch of this.#watches) watch.close();
  }
}

/** The credentials towards all services. */
export class UpstreamCertificates {
  readonly #usual: Credentials;
  readonly #byOrigin: ReadonlyMap<string, Credentials>;

  constructor({ byUrl = {}, ...usual }: UpstreamTlsOptions = {}) {
    this.#usual = new Credentials(usual);
    this.#byOrigin = new Map(
      Object.entries(byUrl).map(([url, tls]) => [new URL(url).origin, new Credentials(tls)]),
    );
  }

  securityOf(origin: string): Security {
    return (this.#byOrigin.get(origin) ?? this.#usual).security;
  }

  /** Reads the files, and from then on when they change: new connections have the new ones. Rejects with a `TinctError`. */
  async load(onRefused: (error: TinctError) => void = () => {}): Promise<void> {
    // First: what changes while it is read is read again.
    for (const credentials of this.#all) credentials.watch(onRefused);
    await Promise.all(this.#all.map((credentials) => credentials.load()));
  }

  close(): void {
    for (const credentials of this.#all) credentials.close();
  }

  get #all(): readonly Credentials[] {
    return [this.#usual, ...this.#byOrigin.values()];
  }
}
