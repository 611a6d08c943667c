/** Knows how many stars a book has. The new version counts halves. */
import { tinct } from '@tinct/sdk/http';
import { listen } from './listen.ts';

const version = process.env['TINCT_VERSION'] ?? 'v1';

await listen(
  tinct({ trust: 'mesh' }, (_req, res) => {
    const stars = version === 'v1' ? { whole: 4 } : { halves: 9 };
    res.end(JSON.stringify({ ratings: version, stars }));
  }),
);
