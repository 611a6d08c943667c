import { colored } from '@tinct/sdk/next';
export async function GET() {
  const r = await colored(() => fetch(process.env['BEHIND'], { cache: 'force-cache' }));
  return new Response(await r.text());
}
