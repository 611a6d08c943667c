/** What users see. There is one version of it: it only carries the color on. */
import { tinct } from '@tinct/sdk/http';
import { listen } from './listen.ts';

const { REVIEWS = '' } = process.env;

await listen(
  tinct({ trust: 'mesh' }, async (_req, res) => {
    const reviews = await fetch(REVIEWS); // the color goes along
    res.setHeader('content-type', 'application/json').end(await reviews.text());
  }),
);
