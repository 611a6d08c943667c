import { tinct } from '@tinct/sdk/next';

export const proxy = tinct({ trust: process.env['TRUST'], version: 'v2' });

export const config = { matcher: ['/api', '/out', '/page', '/cached', '/keyed', '/shown:which'] };
