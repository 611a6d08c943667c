import { execFileSync } from 'node:child_process';
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';

export interface Made {
  readonly cert: string;
  readonly key: string;
}

const openssl = (...args: string[]) => execFileSync('openssl', args, { stdio: 'pipe' });
const newKey = (file: string) => [
  ...['-newkey', 'ec', '-pkeyopt', 'ec_paramgen_curve:prime256v1', '-nodes'],
  ...['-keyout', file],
];

/** An authority that signs by itself. */
export function makeAuthority(dir: string, name = 'authority'): Made {
  const [cert, key] = [join(dir, `${name}.pem`), join(dir, `${name}.key`)];
  openssl('req', '-x509', '-days', '2', '-subj', `/CN=${name}`, ...newKey(key), '-out', cert);
  return { cert, key };
}

/** A certificate for names, signed by an authority. `file`: under which name it is written. */
export function makeCertificate(dir: string, by: Made, names: string[], file = names[0]): Made {
  const [cert, key, csr, ext] = ['pem', 'key', 'csr', 'ext'].map((end) =>
    join(dir, `${file}.${end}`),
  ) as [string, string, string, string];
  writeFileSync(ext, `subjectAltName=${names.map((name) => `DNS:${name}`).join(',')}\n`);
  openssl('req', '-new', '-subj', `/CN=${names[0]}`, ...newKey(key), '-out', csr);
  const signed = ['-CA', by.cert, '-CAkey', by.key, '-CAcreateserial', '-days', '2'];
  openssl('x509', '-req', '-in', csr, ...signed, '-extfile', ext, '-out', cert);
  return { cert, key };
}
