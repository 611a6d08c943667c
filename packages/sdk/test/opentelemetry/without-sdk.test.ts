import {
  defaultTextMapGetter,
  defaultTextMapSetter,
  propagation,
  ROOT_CONTEXT,
} from '@opentelemetry/api';
import { W3CBaggagePropagator } from '@opentelemetry/core';
import { currentContext, decision } from '@tinct/sdk';
import { evaluationAttributes, TinctPropagator, traceDecisions } from '@tinct/sdk/opentelemetry';
import t from 'tap';
import { serving } from '../outbound/helpers.ts';

t.test('without an SDK requests are served as ever', async (t) => {
  const { tinct, within } = serving({ observers: [traceDecisions()] });
  t.teardown(() => tinct.close());
  t.equal(await within(async () => currentContext()?.decisions.size), 1);
  t.strictSame(tinct.stats(), {});
});

t.test('events go to a logger where there is one', async (t) => {
  const said: unknown[] = [];
  const logger = { emit: (record: unknown) => void said.push(record) };
  const { tinct, within } = serving({ observers: [traceDecisions({ logger })] });
  t.teardown(() => tinct.close());
  const known = await within(async () => decision('my-service'));
  if (known === undefined) throw new Error('no decision');
  t.strictSame(said, [
    { eventName: 'feature_flag.evaluation', attributes: evaluationAttributes(known) },
  ]);
});

const propagator = new TinctPropagator(new W3CBaggagePropagator());

t.test('attack: members in other spellings', async (t) => {
  for (const key of ['tinct.my-service', '%74inct.my-service', 'tinct%2Emy-service']) {
    const context = propagator.extract(
      ROOT_CONTEXT,
      { baggage: `a=1,${key}=v2;p=1,b=2` },
      defaultTextMapGetter,
    );
    const keys = propagation
      .getBaggage(context)
      ?.getAllEntries()
      .map(([name]) => name);
    t.strictSame(keys, ['a', 'b'], key);
  }
});

t.test('attack: a member that the program sets itself leaves neither', async (t) => {
  const entries = { 'tinct.my-service': { value: 'v2' }, a: { value: '1' } };
  const context = propagation.setBaggage(ROOT_CONTEXT, propagation.createBaggage(entries));
  const carrier = {};
  propagator.inject(context, carrier, defaultTextMapSetter);
  t.strictSame(carrier, { baggage: 'a=1' });
  t.strictSame(propagator.fields(), ['baggage']);
});
