/** TLS from clients: certificates by name, read again without a restart. */
import { randomBytes, X509Certificate } from 'node:crypto';
import { readFile } from 'node:fs/promises';
import {
  createSecureContext,
  createServer,
  type SecureContext,
  type SecureVersion,
  type Server,
  type TLSSocket,
} from 'node:tls';
import { TinctError } from '@tinct/core';
import { whyUnusable } from '../certificate-words.ts';

export interface TlsOptions {
  /** PEM files. The first is for clients that name no host, or one that no certificate is for. */
  readonly certificates: readonly CertificateFiles[];
  /** A PEM file: clients may show a certificate, and those of this authority are trusted hops. */
  readonly clientAuthority?: string;
  /** Default `TLSv1.2`. */
  readonly minVersion?: Extract<SecureVersion, 'TLSv1.2' | 'TLSv1.3'>;
}

export interface CertificateFiles {
  /** The certificate, then those between it and the authority. */
  readonly cert: string;
  readonly key: string;
}

interface Loaded {
  readonly certificate: X509Certificate;
  readonly context: SecureContext;
}

/** Every file whose change is a new certificate. */
export function certificateFiles({ certificates, clientAuthority }: TlsOptions): string[] {
  const files = certificates.flatMap(({ cert, key }) => [cert, key]);
  return clientAuthority === undefined ? files : [...files, clientAuthority];
}

const unusable = (files: string, cause: Error): TinctError =>
  new TinctError('TINCT_EDGE_CERTIFICATE', `${files}: ${whyUnusable(cause)}`, { cause });

async function authority(file: string): Promise<Buffer> {
  try {
    const pem = await readFile(file);
    // Node passes over authorities that are none, and would then believe nobody.
    new X509Certificate(pem);
    return pem;
  } catch (cause) {
    throw unusable(file, cause as Error);
  }
}

async function load(files: CertificateFiles, { clientAuthority, minVersion }: TlsOptions) {
  const [cert, key, ca] = await Promise.all([
    readFile(files.cert),
    readFile(files.key),
    clientAuthority === undefined ? undefined : authority(clientAuthority),
  ]);
  const more = ca === undefined ? {} : { ca };
  const context = createSecureContext({ cert, key, minVersion: minVersion ?? 'TLSv1.2', ...more });
  return { certificate: new X509Certificate(cert), context };
}

async function loadAll(options: TlsOptions): Promise<readonly Loaded[]> {
  return Promise.all(
    options.certificates.map((files) =>
      load(files, options).catch((cause: Error) => {
        throw cause instanceof TinctError ? cause : unusable(`${files.cert}, ${files.key}`, cause);
      }),
    ),
  );
}

/** The TLS side of an edge. It is given its connections. */
export class TlsEnd {
  readonly server: Server;
  readonly #options: TlsOptions;
  #loaded: readonly Loaded[] = [];

  constructor(options: TlsOptions, handshakeMs: number, onSecure: (socket: TLSSocket) => void) {
    this.#options = options;
    this.server = createServer({
      // A client that offers other names than these is refused when it shakes hands.
      ALPNProtocols: ['h2', 'http/1.1', 'http/1.0'],
      minVersion: options.minVersion ?? 'TLSv1.2',
      // Node's longest, where there is no limit.
      handshakeTimeout: handshakeMs === 0 ? 120_000 : handshakeMs,
      requestCert: options.clientAuthority !== undefined,
      // A client without a certificate is served too, and is no trusted hop.
      rejectUnauthorized: false,
      SNICallback: (name, done) => done(null, this.#contextFor(name)),
    });
    this.server
      .on('secureConnection', onSecure)
      .on('tlsClientError', (_, socket) => void socket.destroy());
  }

  /** Reads the files; on any mistake the certificates in force stay. */
  async load(): Promise<void> {
    this.#loaded = await loadAll(this.#options);
    const [first] = this.#options.certificates;
    if (first === undefined) return;
    const { clientAuthority } = this.#options;
    this.server.setSecureContext({
      cert: await readFile(first.cert),
      key: await readFile(first.key),
      minVersion: this.#options.minVersion ?? 'TLSv1.2',
      ...(clientAuthority === undefined ? {} : { ca: await readFile(clientAuthority) }),
    });
    // A session of before would be resumed with the client certificate that was believed then.
    this.server.setTicketKeys(randomBytes(48));
  }

  #contextFor(name: string): SecureContext | undefined {
    const named = this.#loaded.find(({ certificate }) => certificate.checkHost(name) !== undefined);
    return (named ?? this.#loaded[0])?.context;
  }
}
