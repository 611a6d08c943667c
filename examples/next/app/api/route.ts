/** A route handler. */
import { decision } from '@tinct/sdk/next';

export async function GET() {
  const { variant, reason } = (await decision('greeting')) ?? {};
  return Response.json({ variant, reason });
}
