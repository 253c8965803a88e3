import type { StoredTensor } from '../graph/value';
import { program } from '../runtime/program';
import { floats, int32 } from '../runtime/session';

/** Reads rows of W_dec where they lie in the file: only the pages that hold them are ever touched. */
export interface Decoder {
  /** [latents, width]. */
  rows(latents: Int32Array): Promise<Float32Array>;
  release(): Promise<void>;
}

export interface DecoderOptions {
  readonly folder: string;
  readonly threads?: number | undefined;
  /** What rows are multiplied by, element by element, [width]: LayerScale. */
  readonly scale?: StoredTensor | null;
  /** What each row is multiplied by as a whole, [latents of the dictionary]. */
  readonly latentScale?: Float32Array | null;
}

/** `axis` is the axis of `weight` that counts latents. */
export function openDecoder(
  weight: StoredTensor,
  axis: 0 | 1,
  { scale = null, latentScale = null, ...options }: DecoderOptions,
): Decoder {
  const gather = program(
    (g) => {
      const picked = g.toFloat32(g.gather(g.stored(weight), g.input('latents', 'int32', ['latents']), axis));
      const rows = axis === 0 ? picked : g.transpose(picked, [1, 0]);
      g.output('rows', scale === null ? rows : g.mul(rows, g.weight(scale)));
    },
    { ...options, prepack: false },
  );
  return {
    async rows(latents) {
      if (latents.length === 0) return new Float32Array(0);
      const rows = floats(await gather.run({ latents: int32(latents, [latents.length]) }), 'rows');
      if (latentScale === null) return rows;
      const width = rows.length / latents.length;
      return rows.map((value, at) => value * latentScale[latents[Math.floor(at / width)]!]!);
    },
    release: () => gather.release(),
  };
}
