/** What an analysis reads is what the catalogue has: a series or label that is renamed there is renamed here. */
import { SERIES } from '@tinct/core';
import t from 'tap';
import { kindOf, READINGS, START_SELECTOR, selectorOf, targetOf } from '../src/analysis/names.ts';

const VALUES: Readonly<Record<string, string>> = { arm: 'canary', slice: '3', class: '2xx' };

t.test('each series that is read is in the catalogue, with the labels that are used', async (t) => {
  const known: readonly unknown[] = Object.values(SERIES);
  for (const { series, uses } of READINGS) {
    t.ok(known.includes(series), series.name);
    t.strictSame(
      uses.filter((label) => !series.labels.includes(label)),
      [],
      series.name,
    );
  }
});

t.test('as the catalogue labels them, each is understood, and none names who counts', async (t) => {
  for (const { series, name } of READINGS) {
    const own = Object.fromEntries(series.labels.map((label) => [label, VALUES[label] ?? 'any']));
    const labels = { __name__: name, le: '0.1', ...own };
    t.ok(kindOf(labels), name);
    t.equal(
      targetOf({ ...labels, instance: 'edge-1', job: 'edge' }),
      targetOf({ instance: 'edge-1', job: 'edge' }),
    );
  }
});

t.test('every one of them is asked for, of one release', async (t) => {
  const selector = selectorOf('shop');
  const names = /__name__=~"([^"]+)"/.exec(selector)?.[1]?.split('|');
  t.strictSame(
    names,
    READINGS.map(({ name }) => name),
  );
  t.match(selector, /release="shop"/);
  t.equal(START_SELECTOR('shop'), 'tinct_analysis_start_timestamp_seconds{release="shop"}');
});
