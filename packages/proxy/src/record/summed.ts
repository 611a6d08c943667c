/** What others have counted in one ledger, such as workers: a release is summed up when somebody reads it. */
import { REASONS } from '@tinct/core';
import { Flips } from './flips.ts';
import { type Ledger, Tally } from './ledger.ts';
import type { Measured, ReleaseReader } from './recorder.ts';
import { ReleaseCounts, requestsOf } from './release-counts.ts';
import type { ReleaseShape } from './roster.ts';

export function measuredIn(ledger: Ledger, shapes: readonly ReleaseShape[]): Measured {
  const flips = new Flips(ledger);
  flips.expect(shapes.map(({ name }) => name));
  const readerOf = (shape: ReleaseShape): ReleaseReader => ({
    shape,
    generation: requestsOf(shape, ledger) + flips.generationOf(shape.name),
    read: () => ({ ...new ReleaseCounts(shape, ledger).stats(), flips: flips.of(shape.name) }),
    sketches: () => new ReleaseCounts(shape, ledger).sketches(),
  });
  return {
    ...new Tally(['requests', 'refused'], ledger.row('edge', 2)).all(),
    reasons: new Tally(REASONS, ledger.row('reasons', REASONS.length)).all(),
    releases: shapes.map(readerOf),
    sampled: flips.sampled,
  };
}
