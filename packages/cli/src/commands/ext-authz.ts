/** `tinct ext-authz`: the edge's decisions inside an Envoy or Istio gateway that is there already. */
import { EXT_AUTHZ_SETTINGS, loadExtAuthzConfig, startExtAuthzProgram } from '@tinct/proxy';
import { servingCommand } from '../serving/serving.ts';

export const extAuthzCommand = servingCommand({
  name: 'ext-authz',
  summary: 'Decide for a gateway: answer Envoy’s external authorization.',
  reference: 'docs/reference/ext-authz.md',
  settings: EXT_AUTHZ_SETTINGS,
  example: 'tinct ext-authz --config ext-authz.yaml --print-config',
  load: loadExtAuthzConfig,
  start: startExtAuthzProgram,
});
