/** `istioctl`, which says what Istio thinks of documents. */
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { text } from 'node:stream/consumers';
import { program } from '../parts/parts.ts';

async function istioctl(...args: readonly string[]) {
  const child = spawn(program('istioctl'), args, { stdio: ['ignore', 'pipe', 'pipe'] });
  const [out, err, [status]] = await Promise.all([
    text(child.stdout),
    text(child.stderr),
    once(child, 'exit') as Promise<[number | null]>,
  ]);
  return { out, err, status };
}

/** What it says of every EnvoyFilter, by the name of the file before it: that it is one. */
const OF_EVERY_FILTER =
  /^"[^"]*" has warnings:\s*(?:\* EnvoyFilter\/\S+: EnvoyFilter exposes internal .*\s*)+$/m;

/** What `istioctl validate` has against a file; an empty text if nothing, warnings included. */
export async function validate(file: string): Promise<string> {
  const { out, err, status } = await istioctl('validate', '-f', file);
  const said = `${out}${err}`.replace(OF_EVERY_FILTER, '');
  return status === 0 && !/warning/i.test(said) ? '' : `${status}\n${said}`;
}

export interface Message {
  readonly code: string;
  readonly message: string;
  readonly origin?: string;
}

/** What `istioctl analyze` finds in files alone, without a cluster. */
export async function analyze(...files: readonly string[]): Promise<readonly Message[]> {
  const how = ['--use-kube=false', '--all-namespaces', '--output', 'json'];
  const { out, err } = await istioctl('analyze', ...how, ...files);
  try {
    return JSON.parse(out) as Message[];
  } catch {
    return [{ code: 'none', message: `${out}${err}` }];
  }
}
