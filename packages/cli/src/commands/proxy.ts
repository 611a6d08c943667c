/** `tinct proxy`: the edge, as a server runs it. */
import { loadConfig, SETTINGS, startProxy } from '@tinct/proxy';
import { servingCommand } from '../serving/serving.ts';

export const proxyCommand = servingCommand({
  name: 'proxy',
  summary: 'Run the edge: decide each request’s version once, and send it on.',
  reference: 'docs/reference/proxy.md',
  settings: SETTINGS,
  example: 'tinct proxy --config proxy.yaml --print-config',
  load: loadConfig,
  start: startProxy,
});
