/** Who a workload is: an authority, its certificates with SPIFFE names, and what hands them to an Envoy, as Istio's agent does. */
import { spawnSync } from 'node:child_process';
import { mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import * as grpc from '@grpc/grpc-js';

/** PEM files. */
export interface Certificate {
  readonly cert: string;
  readonly key: string;
}

export interface Authority {
  /** PEM file. */
  readonly ca: string;
  /** `spiffe://cluster.local/ns/NAMESPACE/sa/ACCOUNT`; the other names are for clients that know no such ones. */
  issue(namespace: string, account: string, ...names: readonly string[]): Certificate;
}

const NEW_KEY = ['-newkey', 'ec', '-pkeyopt', 'ec_paramgen_curve:P-256', '-nodes'];

function openssl(...args: readonly string[]): void {
  const { status, stderr } = spawnSync('openssl', args, { encoding: 'utf8' });
  if (status !== 0) throw new Error(`openssl ${args.join(' ')}: ${stderr}`);
}

export function makeAuthority(folder: string): Authority {
  mkdirSync(folder, { recursive: true });
  const [ca, key] = [join(folder, 'ca.pem'), join(folder, 'ca.key')];
  openssl('req', '-x509', ...NEW_KEY, '-keyout', key, '-out', ca, '-subj', '/O=mesh', '-days', '2');
  return {
    ca,
    issue(namespace, account, ...names) {
      const file = (ending: string) => join(folder, `${namespace}-${account}.${ending}`);
      const [own, request, cert] = [file('key'), file('csr'), file('pem')];
      const uri = `URI:spiffe://cluster.local/ns/${namespace}/sa/${account}`;
      const all = [uri, ...names.map((name) => `DNS:${name}`)];
      writeFileSync(file('ext'), `subjectAltName=critical,${all.join(',')}\n`);
      openssl('req', ...NEW_KEY, '-keyout', own, '-out', request, '-subj', `/O=${account}`);
      const by = ['-CA', ca, '-CAkey', key, '-CAcreateserial', '-days', '2'];
      openssl('x509', '-req', '-in', request, ...by, '-extfile', file('ext'), '-out', cert);
      return { cert, key: own };
    },
  };
}

/** A field of a protobuf message that has a length: text, bytes, a message. */
function field(number: number, value: string | Buffer): Buffer {
  const bytes = Buffer.from(value);
  return Buffer.concat([Buffer.from([(number << 3) | 2]), varint(bytes.length), bytes]);
}

const varint = (value: number): Buffer =>
  value < 128
    ? Buffer.from([value])
    : Buffer.concat([Buffer.from([(value & 127) | 128]), varint(value >>> 7)]);

/** envoy.config.core.v3.DataSource with `inline_bytes`. */
const inline = (number: number, file: string): Buffer =>
  field(number, field(2, readFileSync(file)));

const SECRET = 'type.googleapis.com/envoy.extensions.transport_sockets.tls.v3.Secret';

/** Hands out `default`, the workload's own certificate, and `ROOTCA`. @returns what ends it. */
export async function serveSecrets(
  at: string,
  { ca }: Authority,
  { cert, key }: Certificate,
): Promise<() => void> {
  const secrets = {
    default: field(2, Buffer.concat([inline(1, cert), inline(2, key)])),
    ROOTCA: field(4, inline(1, ca)),
  };
  const server = new grpc.Server();
  const same = (bytes: Buffer) => bytes;
  const method = {
    path: '/envoy.service.secret.v3.SecretDiscoveryService/StreamSecrets',
    ...{ requestStream: true, responseStream: true },
    ...{ requestSerialize: same, requestDeserialize: same },
    ...{ responseSerialize: same, responseDeserialize: same },
  };
  server.addService(
    { streamSecrets: method },
    {
      streamSecrets(call: grpc.ServerDuplexStream<Buffer, Buffer>) {
        const sent = new Set<string>();
        call.on('data', (request: Buffer) => {
          // What is asked for stands in the request by its name; an answer to what was sent asks again.
          for (const [name, secret] of Object.entries(secrets)) {
            if (sent.has(name) || !request.includes(field(3, name))) continue;
            sent.add(name);
            const resource = Buffer.concat([
              field(1, SECRET),
              field(2, Buffer.concat([field(1, name), secret])),
            ]);
            call.write(
              Buffer.concat([field(1, '1'), field(2, resource), field(4, SECRET), field(5, name)]),
            );
          }
        });
        call.on('end', () => call.end());
        call.on('error', () => {});
      },
    },
  );
  await new Promise<void>((resolve, reject) =>
    server.bindAsync(at, grpc.ServerCredentials.createInsecure(), (error) =>
      error === null ? resolve() : reject(error),
    ),
  );
  return () => server.forceShutdown();
}
