/** What else one might put in front of a handler for a part of the same job; loaded only where it is measured. */
import type { IncomingMessage } from 'node:http';
import { createRequire } from 'node:module';

type Hello = (req: IncomingMessage) => { readonly hello: string };

/** Context, baggage and a histogram per request, but no spans; it knows nothing of versions. */
async function openTelemetry(): Promise<Hello> {
  const { PrometheusExporter } = await import('@opentelemetry/exporter-prometheus');
  const { HttpInstrumentation } = await import('@opentelemetry/instrumentation-http');
  const { NodeSDK } = await import('@opentelemetry/sdk-node');
  process.env['OTEL_TRACES_SAMPLER'] = 'always_off';
  const exporter = new PrometheusExporter({ preventServerStart: true });
  const sdk = new NodeSDK({
    metricReaders: [exporter],
    instrumentations: [new HttpInstrumentation()],
  });
  sdk.start();
  // What it waits for; servers are patched then, whoever has imported them before.
  createRequire(import.meta.url)('node:http');
  return () => ({ hello: 'v1' });
}

/** The same list and the same share as Tinct's plan; it counts nothing and carries nothing on. */
async function growthBook(): Promise<Hello> {
  const { GrowthBookClient } = await import('@growthbook/growthbook');
  const vips = Array.from({ length: 1000 }, (_, i) => `vip-${i}`);
  const rules = [
    { condition: { id: { $in: vips } }, force: true },
    { force: true, coverage: 0.1, hashAttribute: 'id', hashVersion: 2, seed: 'shop' },
  ];
  const client = new GrowthBookClient();
  client.initSync({ payload: { features: { shop: { defaultValue: false, rules } } } });
  return ({ headers }) => {
    const isNew = client.isOn('shop', { attributes: { id: headers['x-user-id'] } });
    return { hello: isNew ? 'v2' : 'v1' };
  };
}

export const PEERS: ReadonlyMap<string, () => Promise<Hello>> = new Map([
  ['OpenTelemetry HTTP', openTelemetry],
  ['GrowthBook', growthBook],
]);
