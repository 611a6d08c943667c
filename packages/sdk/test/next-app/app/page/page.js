import { variant } from '@tinct/sdk/next';
import { createElement } from 'react';

export default async function Page() {
  return createElement('p', null, `variant=${await variant('my-service', 'stable')}`);
}
