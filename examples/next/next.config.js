import { join } from 'node:path';

const repository = join(import.meta.dirname, '../..');

export default {
  // In this repository @tinct/sdk is TypeScript; from the registry it is JavaScript, and none of this is needed.
  transpilePackages: ['@tinct/sdk', '@tinct/core'],
  outputFileTracingRoot: repository,
  turbopack: { root: repository },
};
