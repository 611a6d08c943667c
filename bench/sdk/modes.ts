/** What stands in front of the handler. */
import { createTinct, type Tinct, variant } from '@tinct/sdk';
import { metricsOf } from '@tinct/sdk/metrics';
import { planText } from '../proxy/tinct.ts';
import { LEAST, type Mode } from './contestants.ts';
import type { Setup } from './frameworks/setup.ts';
import { least, leastHello } from './least.ts';
import { PEERS } from './peers.ts';

/** As one sets it behind a sidecar: the pod's version is known, and is said in each response. */
const common = { trust: 'mesh', version: 'v2' } as const;

function tinctOf(mode: Mode): Tinct {
  if (mode === 'decide')
    // What requests carry is not believed: each is decided here.
    return createTinct({
      ...{ trust: 'none', identityTrust: 'mesh', version: 'v2' },
      plan: { inline: planText() },
    });
  const tinct = createTinct(common);
  if (mode === 'carry, metrics') metricsOf(tinct, { serves: ['shop'] });
  return tinct;
}

/** Without Tinct the same is said by heart, or by a peer. */
export async function prepare(mode: Mode): Promise<Omit<Setup, 'port'>> {
  const peer = PEERS.get(mode);
  if (peer !== undefined) return { tinct: undefined, hello: await peer() };
  if (mode === LEAST) return { tinct: undefined, hello: leastHello, hook: least };
  if (mode.startsWith('bare')) return { tinct: undefined, hello: () => ({ hello: 'v1' }) };
  return { tinct: tinctOf(mode), hello: () => ({ hello: variant('shop', 'nothing') }) };
}
