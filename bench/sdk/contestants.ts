/** Who is measured: each framework by itself, then with Tinct in each of its modes. */
export const MODES = ['bare', 'carry', 'carry, metrics', 'decide'] as const;

export const FRAMEWORK_NAMES = [
  'node:http',
  'Express 5',
  'Fastify 5',
  'Koa 3',
  'Hono 4',
  'NestJS 12, Express',
  'NestJS 12, Fastify',
] as const;
export type FrameworkName = (typeof FRAMEWORK_NAMES)[number];

/** The bare framework comes first. */
export function contestantsOf(_framework: FrameworkName): readonly string[] {
  return MODES;
}
