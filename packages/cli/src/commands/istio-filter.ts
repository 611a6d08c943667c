/** `tinct istio filter`: Tinct's decisions in a gateway that is there already. */
import { extAuthzFilter, renderDocument } from '@tinct/istio-config';
import { defineCommand } from '../frame/command.ts';
import { address, file, oneOf } from '../frame/kinds.ts';
import { flag, optional, withDefault } from '../frame/options.ts';
import { readText } from '../io/read.ts';
import { gatewayOf, gatewayOptions } from '../istio/gateway-options.ts';
import { parseOrThrow, readPlan } from '../plan/load.ts';
import { planArgument, planOf, planOption } from '../plan/options.ts';

const MAX_SECRET = 4096;

export const istioFilterCommand = defineCommand({
  name: 'istio filter',
  group: 'Routes in the mesh',
  summary: 'Write the EnvoyFilter by which a gateway asks `tinct ext-authz`.',
  description: [
    'The gateway asks for each request and routes by the answer. A server that is dead or frozen costs nobody anything: requests go on without a color, and so to stable. What clients say of colors is taken away in any case: routing headers before a route is chosen, all other headers of Tinct and its baggage members before the first filter, headers with underscores as a whole.',
    'The headers are those of the plan: write it anew when a release is added; `tinct istio lint` says when one is missing.',
  ],
  arguments: { plan: planArgument },
  options: {
    plan: planOption,
    server: withDefault(address, 'tinct-ext-authz.tinct.svc.cluster.local:9191', {
      value: 'HOST:PORT',
      help: 'Where `tinct ext-authz` listens; of a headless Service each pod is asked for its health.',
    }),
    protocol: withDefault(oneOf('grpc', 'http'), 'grpc', {
      value: 'PROTOCOL',
      help: 'How the gateway asks. gRPC keeps duplicates and bytes apart; HTTP joins them.',
    }),
    'secret-file': optional(file, {
      value: 'FILE',
      help: "The server's `gateway.secret`, which the document then holds: keep it as you keep a Secret.",
    }),
    ...gatewayOptions,
    baggage: withDefault(oneOf('members', 'all'), 'members', {
      value: 'WHAT',
      help: 'What is taken out of the baggage of clients: Tinct’s members, or all of it.',
    }),
    'keep-underscores': flag(
      'Let headers with underscores in their names pass; those that read like a color go all the same.',
    ),
  },
  examples: [
    { does: 'For the ingress gateway', line: 'tinct istio filter plan.yaml' },
    { does: 'Asking for one host only', line: 'tinct istio filter --host shop.example' },
    {
      does: 'For a Gateway of the Gateway API, over HTTP',
      line: 'tinct istio filter --gateway-api edge -n shop --protocol http',
    },
  ],
  exits: { fine: 'Written.', findings: 'The plan has errors.' },
  async run({ options, arguments: positional }, session) {
    const read = await readPlan(planOf(options.plan, positional.plan), session);
    const { plan } = parseOrThrow(read, false);
    const { 'secret-file': secretFile, 'keep-underscores': keepUnderscores, protocol } = options;
    const secret =
      secretFile === undefined ? undefined : await readText(secretFile, session, MAX_SECRET);
    const document = extAuthzFilter(plan, {
      ...gatewayOf(options),
      server: { ...options.server, protocol, secret: secret?.trim().split(/\s/)[0] },
      hosts: options.host,
      baggage: options.baggage,
      keepUnderscores,
    });
    await session.out.write(renderDocument(document));
    return 'fine';
  },
});
