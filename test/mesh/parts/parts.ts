/**
 * Where the parts of a mesh lie. What this machine cannot install is built or fetched once, into a folder whose name
 * is a digest of what it is made from; {@link ./prepare.ts} fills it.
 */
import { createHash } from 'node:crypto';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';

const HERE = import.meta.dirname;
export const ROOT = join(HERE, '../../..');

/** The versions of Envoy that the mesh is tried with; the first is the one that is meant where none is named. */
export const ENVOYS = ['1.40.0', '1.38.3'] as const;
export type EnvoyVersion = (typeof ENVOYS)[number];

/** `TINCT_MESH_CACHE` lets several checkouts share one folder. */
export const CACHE = process.env['TINCT_MESH_CACHE'] || join(ROOT, '.cache/mesh');

const SUMS = createHash('sha256').update(readFileSync(join(HERE, 'go.sum')));
/** What Go builds, by what it is built from. */
export const GO_FOLDER = join(CACHE, `go-${SUMS.digest('hex').slice(0, 16)}`);

/** The packages that Go builds, and what their programs are called. */
export const PROGRAMS = {
  istiod: 'istio.io/istio/pilot/cmd/pilot-discovery',
  istioctl: 'istio.io/istio/istioctl/cmd/istioctl',
  apiServer: 'k8s.io/kubernetes/cmd/kube-apiserver',
  helm: 'helm.sh/helm/v4/cmd/helm',
} as const;

export const program = (name: keyof typeof PROGRAMS): string =>
  join(GO_FOLDER, 'bin', PROGRAMS[name].slice(PROGRAMS[name].lastIndexOf('/') + 1));

/** The definitions of Istio's and the Gateway API's kinds: a JSON array of objects. */
export const CRDS = join(GO_FOLDER, 'crds.json');

export const envoyFolder = (version: EnvoyVersion): string => join(CACHE, `envoy-${version}`);
export const envoyProgram = (version: EnvoyVersion): string =>
  join(envoyFolder(version), 'envoy/_bin/envoy');
