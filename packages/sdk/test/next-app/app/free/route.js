import { decision, isIn, variant } from '@tinct/sdk/next';

export async function GET() {
  const name = (await variant('my-service')) ?? 'nothing';
  const reason = (await decision('my-service'))?.reason ?? 'none';
  return Response.json({ name, reason, isIn: await isIn('my-service', 'v2') });
}
