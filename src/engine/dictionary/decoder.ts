import { program } from '../runtime/program';
import { floats, int32 } from '../runtime/session';
import type { Matrix } from './record';

/** Reads rows of W_dec where they lie in the file: only the pages that hold them are ever touched. */
export interface Decoder {
  /** [latents, width]. */
  rows(latents: Int32Array): Promise<Float32Array>;
  release(): Promise<void>;
}

/** `weight` is [latents, width]; each of its rows is multiplied by its number in `scale`. */
export function openDecoder(
  { stored, transposed }: Matrix,
  scale: Float32Array | null,
  options: { readonly folder: string; readonly threads?: number | undefined },
): Decoder {
  const axis = transposed ? 1 : 0;
  const gather = program(
    (g) => {
      const picked = g.toFloat32(g.gather(g.stored(stored), g.input('latents', 'int32', ['latents']), axis));
      g.output('rows', axis === 0 ? picked : g.transpose(picked, [1, 0]));
    },
    { ...options, prepack: false },
  );
  return {
    async rows(latents) {
      if (latents.length === 0) return new Float32Array(0);
      const rows = floats(await gather.run({ latents: int32(latents, [latents.length]) }), 'rows');
      const width = rows.length / latents.length;
      return scale === null
        ? rows
        : rows.map((value, at) => value * scale[latents[Math.floor(at / width)]!]!);
    },
    release: () => gather.release(),
  };
}
