import { colored, variant } from '@tinct/sdk/next';
export async function GET() {
  const headers = { 'x-tinct-my-service': await variant('my-service', 'v1') };
  const r = await colored(() => fetch(process.env['BEHIND'], { headers, cache: 'force-cache' }));
  return new Response(await r.text());
}
