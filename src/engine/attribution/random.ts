import { createHash } from 'node:crypto';
import { uniforms } from '../numeric/uniforms';
import type { KeptImage } from './attribute';

/** A number from [0, 1) per component, [components]: the same every time, in every image another order. */
export function randomValues({ x, components }: Pick<KeptImage, 'x' | 'components'>): Float32Array {
  const bytes = new Uint8Array(x.buffer, x.byteOffset, x.byteLength);
  const ofImage = createHash('sha256').update(bytes).digest().readUInt32LE(0);
  // Multiplied by an odd number, so that neighbours do not get neighbouring seeds.
  return Float32Array.from(components, (component) =>
    uniforms(ofImage ^ Math.imul(component + 1, 0x9e3779b1))(),
  );
}
