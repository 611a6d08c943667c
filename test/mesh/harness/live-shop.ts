/** A shop whose plan a command writes into a real cluster, and the requests that go through it meanwhile. */
import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import type { Test } from 'tap';
import type { Child } from './child.ts';
import { KubeError, type KubeObject, type Ref } from './kube.ts';
import { failed, type Shot, startLoad } from './load.ts';
import { type Gateway, type Mesh, startMesh } from './mesh.ts';
import { by, COLOR, planText } from './shop.ts';
import { folderOf, MAIN, type TinctResult, tinct } from './tinct.ts';

/** Each stage waits until this Envoy has it. */
export const asking = ({ admin }: { readonly admin: string }) => ['--wait', '--envoy-admin', admin];

export const WAIT = ['--wait', '--settle', '1s'];

export interface LiveShop {
  readonly mesh: Mesh;
  readonly gateway: Gateway;
  readonly plan: (text?: string) => void;
  readonly text: () => string;
  /** `tinct istio COMMAND` with the shop's plan, as an administrator. */
  readonly istio: (...args: readonly string[]) => Promise<TinctResult>;
  /** The same, not waited for. */
  readonly start: (...args: readonly string[]) => Child;
  /** The same with another kubeconfig. */
  readonly as: (kubeconfig: string, ...args: readonly string[]) => Promise<TinctResult>;
}

export async function startLiveShop(t: Test): Promise<LiveShop> {
  const mesh = await startMesh(t);
  const [gateway] = await Promise.all([mesh.gateway(), mesh.service('my-service', ['v1', 'v2'])]);
  const folder = folderOf(mesh, 'plan', { 'plan.yaml': planText() });
  const file = join(folder, 'plan.yaml');
  const as: LiveShop['as'] = (kubeconfig, ...args) =>
    tinct(folder, 'istio', ...args, '--kubeconfig', kubeconfig);
  return {
    mesh,
    gateway,
    plan: (text = planText()) => writeFileSync(file, text),
    text: () => readFileSync(file, 'utf8'),
    as,
    istio: (...args) => as(mesh.api.kubeconfig, ...args),
    start: (...args) =>
      mesh.children.start(
        `istio-${args[0]}`,
        process.execPath,
        [MAIN, 'istio', ...args, '--kubeconfig', mesh.api.kubeconfig],
        { cwd: folder },
      ),
  };
}

/** What requests ask for, in turn; undefined: no color. */
export const COLORS = [undefined, 'v1', 'v2'] as const;
type Color = (typeof COLORS)[number];

/** Requests of these colors, until it is ended. */
export interface ColoredLoad {
  /** No request failed, and each got the version of its color; v1 without one. @returns how many there were. */
  endUnharmed(t: Test): Promise<number>;
  /** @returns what came of each. */
  end(): Promise<readonly Shot[]>;
}

export function loadOf(
  { gateway }: Pick<LiveShop, 'gateway'>,
  colors: readonly Color[] = COLORS,
): ColoredLoad {
  const colorOf = (index: number) => colors[index % colors.length];
  const load = startLoad((index) => {
    const color = colorOf(index);
    return { url: gateway.url, ...by(undefined, color === undefined ? {} : { [COLOR]: color }) };
  }, 4);
  return {
    end: load.stop,
    async endUnharmed(t) {
      const shots = await load.stop();
      t.strictSame(failed(shots), [], 'no request failed');
      t.strictSame(
        shots.filter(({ index, version }) => version !== (colorOf(index) ?? 'v1')),
        [],
        'and none got another version',
      );
      return shots.length;
    },
  };
}

/** As the API server has it; undefined when it is not there. */
export const live = ({ mesh }: Pick<LiveShop, 'mesh'>, ref: Ref): Promise<KubeObject | undefined> =>
  mesh.api.kube.get(ref).catch((error: unknown) => {
    if (error instanceof KubeError && error.status === 404) return undefined;
    throw error;
  });
