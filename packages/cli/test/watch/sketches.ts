/** What an edge holds of 1,000 users, one of twenty of them in the canary. */
import { noteDistinct, REGISTERS, type SketchKind, type UnitSketch } from '@tinct/core';

const PER_EDGE = 1000;
const ONE_IN = 20;

/** murmur3's finalizer: spread over 32 bits. */
function hashOf(user: number): number {
  let hash = Math.imul(user + 1, 0x9e3779b1);
  hash = Math.imul(hash ^ (hash >>> 16), 0x85ebca6b);
  hash = Math.imul(hash ^ (hash >>> 13), 0xc2b2ae35);
  return (hash ^ (hash >>> 16)) >>> 0;
}

function sketch(kind: SketchKind, name: string, of: string, users: readonly number[]): UnitSketch {
  const registers = new Uint8Array(REGISTERS);
  for (const user of users) noteDistinct(registers, hashOf(user));
  return { kind, name, of, registers };
}

/** Users by number, from this one on. `analysis`: of which they are counted. */
export function sketchesFrom(first: number, analysis = 'one'): UnitSketch[] {
  const users = Array.from({ length: PER_EDGE }, (_, i) => first + i);
  const canary = users.filter((user) => user % ONE_IN === 0);
  const control = users.filter((user) => user % ONE_IN !== 0);
  return [
    sketch('exposed', 'v1', analysis, control),
    sketch('exposed', 'v2', analysis, canary),
    ...(['units', 'step'] as const).flatMap((kind) => [
      sketch(kind, 'canary', analysis, canary),
      sketch(kind, 'control', analysis, control),
    ]),
    sketch('affected', 'control', analysis, control.slice(0, 20)),
  ];
}

/** As `GET /sketches/RELEASE` has them. */
export const sketchesText = (sketches: readonly UnitSketch[]): string =>
  JSON.stringify({
    release: 'my-service',
    sketches: sketches.map(({ registers, ...rest }) => {
      return { ...rest, registers: Buffer.from(registers).toString('base64') };
    }),
  });
