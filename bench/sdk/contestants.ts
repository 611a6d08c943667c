/** Who is measured: each framework by itself, then with Tinct in each of its modes. */
const MODES = ['carry', 'carry, metrics', 'decide'] as const;
const PEERS = ['OpenTelemetry HTTP', 'GrowthBook'] as const;
/** The bare framework beside itself: what is measured where there is nothing to measure. */
const CONTROL = 'bare, once more';
/** Below it no goal can lie. */
export const LEAST = 'the least a middleware can do';
export type Mode = 'bare' | typeof CONTROL | typeof LEAST | (typeof MODES | typeof PEERS)[number];

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

/** Who stands beside the bare framework; peers and the control where the goal is. */
export const contestantsOf = (framework: FrameworkName): readonly Mode[] =>
  framework === 'Fastify 5' ? [CONTROL, LEAST, ...MODES, ...PEERS] : MODES;
