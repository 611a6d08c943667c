/** `tinct istio guard`: nobody but Tinct's edge reaches the gateway behind it. */
import { TinctError } from '@tinct/core';
import { guardPolicy, mutualTlsGateway, renderDocument } from '@tinct/istio-config';
import { defineCommand } from '../frame/command.ts';
import { addressRange, text } from '../frame/kinds.ts';
import { many, optional } from '../frame/options.ts';
import { gatewayOf, gatewayOptions } from '../istio/gateway-options.ts';

export const istioGuardCommand = defineCommand({
  name: 'istio guard',
  group: 'Routes in the mesh',
  summary: 'Write what admits only the edge to the gateway behind it.',
  description: [
    'Where `tinct proxy` stands before a gateway, whoever reaches the gateway directly could send a color. The policy denies everybody who has neither a named identity nor a named address; policies that allow something stay as they are.',
    'Identities are known where the gateway’s listener is ISTIO_MUTUAL and the edge is in the mesh. Without a mesh at the edge, --mtls writes a Gateway that asks for a certificate instead.',
  ],
  arguments: {},
  options: {
    principal: many(text('an identity such as cluster.local/ns/tinct/sa/tinct'), {
      value: 'IDENTITY',
      help: "The edge's identity in the mesh.",
    }),
    ip: many(addressRange, { value: 'RANGE', help: 'Where connections of the edge come from.' }),
    mtls: optional(text('the name of a Secret'), {
      value: 'SECRET',
      help: 'A Gateway instead, that asks for certificates; the Secret has `tls.crt`, `tls.key` and `ca.crt`.',
    }),
    ...gatewayOptions,
  },
  examples: [
    {
      does: 'By identity',
      line: 'tinct istio guard --principal cluster.local/ns/tinct/sa/tinct-edge',
    },
    {
      does: 'By address, for one host',
      line: 'tinct istio guard --ip 10.1.0.0/16 --host shop.example',
    },
    { does: 'By certificate', line: 'tinct istio guard --mtls edge-only' },
  ],
  exits: { fine: 'Written.' },
  async run({ options }, { out }) {
    const { principal: principals, ip: ips, mtls, host: hosts } = options;
    const { namespace, target } = gatewayOf(options);
    const isPolicy = principals.length + ips.length > 0;
    if (isPolicy === (mtls !== undefined))
      throw new TinctError('TINCT_CLI_ARGUMENTS', 'who is admitted?', {
        hint: 'name --principal or --ip, or --mtls alone',
      });
    if (mtls === undefined)
      await out.write(renderDocument(guardPolicy({ namespace, target, principals, ips, hosts })));
    else if ('labels' in target)
      await out.write(
        renderDocument(
          mutualTlsGateway({
            name: 'tinct-edge-only',
            namespace,
            labels: target.labels,
            hosts,
            credential: mtls,
          }),
        ),
      );
    else
      throw new TinctError('TINCT_CLI_ARGUMENTS', '--mtls writes a Gateway of Istio’s own', {
        hint: 'name its pods by --selector',
      });
    return 'fine';
  },
});
