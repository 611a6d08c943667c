/** Writes reviews with their stars. Each version reads only its own kind of ratings. */
import { tinct } from '@tinct/sdk/http';
import { listen } from './listen.ts';

const { TINCT_VERSION: version = 'v1', RATINGS = '' } = process.env;

interface Ratings {
  readonly ratings: string;
  readonly stars: Readonly<Record<string, number>>;
}

await listen(
  tinct({ trust: 'mesh' }, async (_req, res) => {
    const answer = await fetch(RATINGS); // the color goes along
    const { ratings, stars } = (await answer.json()) as Ratings;
    const count = version === 'v1' ? stars['whole'] : (stars['halves'] ?? Number.NaN) / 2;
    const review = `A fine book: ${count} of 5`;
    res.end(JSON.stringify({ reviews: version, ratings, review }));
  }),
);
