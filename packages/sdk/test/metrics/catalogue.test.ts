import { type MetricDefinition, SERIES } from '@tinct/core';
import { SERVICE_METRICS } from '@tinct/sdk/metrics';
import t from 'tap';

t.test('what a service measures is all that the catalogue says of services', async (t) => {
  const ofServices = Object.values<MetricDefinition>(SERIES).filter(({ reporters }) =>
    reporters.includes('service'),
  );
  t.strictSame(
    new Set(Object.values(SERVICE_METRICS).map(({ name }) => name)),
    new Set(ofServices.map(({ name }) => name)),
  );
});
