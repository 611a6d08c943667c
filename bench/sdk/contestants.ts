/** Who is measured: each framework by itself, then with Tinct in each of its modes. */
const MODES = ['bare', 'carry', 'carry, metrics', 'decide'] as const;
const PEERS = ['OpenTelemetry HTTP', 'GrowthBook'] as const;
export type Mode = (typeof MODES | typeof PEERS)[number];

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

/** The bare framework comes first; peers stand beside the one that the goal is about. */
export const contestantsOf = (framework: FrameworkName): readonly Mode[] =>
  framework === 'Fastify 5' ? [...MODES, ...PEERS] : MODES;
