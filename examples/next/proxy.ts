/** Runs before each page: reads what the edge decided, and hands it on to the pages. */
import { tinct } from '@tinct/sdk/next';

export const proxy = tinct({ trust: 'mesh' });
