import { colored } from '@tinct/sdk/next';

export async function GET() {
  const response = await colored(() => fetch(process.env['BEHIND']));
  return new Response(await response.text());
}
