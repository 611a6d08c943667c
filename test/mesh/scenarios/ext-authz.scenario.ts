/** The attack suite again, through real Envoys that ask: nothing is done for them beforehand. */
import t from 'tap';
import { useForms } from '../../../packages/proxy/test/attacks/each.ts';
import { envoyForm } from '../harness/authz-gateway.ts';
import { ENVOYS } from '../parts/parts.ts';

useForms(
  ENVOYS.flatMap((version) => [envoyForm(t, version, 'grpc'), envoyForm(t, version, 'http')]),
);

const suite = ['colors', 'carried', 'visitors', 'overrides', 'tokens'];
t.test('the suite', async () => {
  for (const name of suite) await import(`../../../packages/proxy/test/attacks/${name}.test.ts`);
});
