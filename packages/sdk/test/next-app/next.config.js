import { join } from 'node:path';

export default {
  transpilePackages: ['@tinct/sdk', '@tinct/core'],
  outputFileTracingRoot: join(import.meta.dirname, '../../../..'),
  experimental: { useCache: true },
  turbopack: { root: join(import.meta.dirname, '../../../..') },
};
