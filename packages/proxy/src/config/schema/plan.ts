/** Where the plan comes from. */
import { z } from 'zod';
import { duration, plainUrl, text } from './values.ts';

/** The same of an API server. */
const API_SERVER = /^https?:\/\/[^/?#@\s]+\/?$/i;
/** `namespace/name` of Kubernetes. */
const CONFIG_MAP = /^[a-z0-9][-a-z0-9]{0,62}\/[a-z0-9][-.a-z0-9]{0,252}$/;

export const planSchema = z
  .strictObject({
    file: text('A file; its lists lie beside it. Changes are seen within a second.').optional(),
    url: z
      .url({ protocol: /^https?$/, error: 'no http or https URL' })
      .optional()
      .describe('A URL, asked again and again with the ETag of the last answer.'),
    configMap: z
      .string()
      .regex(CONFIG_MAP, { error: 'no `namespace/name`' })
      .optional()
      .describe(
        'A Kubernetes ConfigMap, `namespace/name`, watched at the API server. The service account needs `get` and `watch` on it.',
      ),
    key: text('Which key of the ConfigMap holds the plan.').default('plan.yaml'),
    apiServer: plainUrl(
      API_SERVER,
      'https://10.96.0.1:443',
      'The API server. Default: the cluster’s own, by KUBERNETES_SERVICE_HOST and KUBERNETES_SERVICE_PORT.',
    ).optional(),
    account: text('The folder with the service account’s `token` and `ca.crt`.').default(
      '/var/run/secrets/kubernetes.io/serviceaccount',
    ),
    every: duration('How often a URL is asked.').default('10s'),
    timeout: duration('How long an answer of a URL may take, as a whole.').default('10s'),
  })
  .describe('Where the plan comes from.');
