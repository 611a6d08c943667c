/** Reads an edge's answer to `GET /sketches/RELEASE`. Pure. */

import { isRecord } from '@tinct/core/basics';
import { REGISTERS, type SketchKind, type UnitSketch } from '@tinct/core/watching';

const KINDS: ReadonlySet<unknown> = new Set<SketchKind>(['exposed', 'units', 'affected', 'step']);

function sketchIn(value: unknown): UnitSketch | undefined {
  if (!isRecord(value)) return undefined;
  const { kind, name, of, registers } = value;
  if (!KINDS.has(kind) || typeof registers !== 'string') return undefined;
  const bytes = Uint8Array.from(Buffer.from(registers, 'base64'));
  if (bytes.length !== REGISTERS) return undefined;
  return { kind: kind as SketchKind, name: `${name}`, of: `${of}`, registers: bytes };
}

/** `undefined`: it is another answer, or one of them is none that can be merged: without it there would be too few users. */
export function sketchesIn(body: unknown): UnitSketch[] | undefined {
  if (!isRecord(body) || !Array.isArray(body['sketches'])) return undefined;
  const found = body['sketches'].map(sketchIn);
  const known = found.filter((each) => each !== undefined);
  return known.length === found.length ? known : undefined;
}
