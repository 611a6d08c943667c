/** A server component. */
import { variant } from '@tinct/sdk/next';

export default async function Page() {
  const isNew = (await variant('greeting')) === 'v2';
  return <h1>{isNew ? 'Hello' : 'Good day'}</h1>;
}
