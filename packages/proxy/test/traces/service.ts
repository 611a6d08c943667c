/** A service with the SDK and OpenTelemetry, as its pages say; its spans go where its environment says. */
import { createRequire } from 'node:module';
import type { AddressInfo } from 'node:net';
import { HttpInstrumentation } from '@opentelemetry/instrumentation-http';
import { NodeSDK } from '@opentelemetry/sdk-node';
import { createTinct } from '@tinct/sdk';
import { tinct } from '@tinct/sdk/http';
import { traceDecisions } from '@tinct/sdk/opentelemetry';

const sdk = new NodeSDK({ instrumentations: [new HttpInstrumentation()] });
sdk.start();
// What is to be instrumented is loaded last.
const { createServer } = createRequire(import.meta.url)('node:http') as typeof import('node:http');
const service = createTinct({ trust: 'mesh', observers: [traceDecisions()] });
const server = createServer(tinct(service, (_req, res) => res.end('ok')));
server.listen(
  0,
  '127.0.0.1',
  () => void process.stdout.write(`${(server.address() as AddressInfo).port}\n`),
);
