import { concat } from '../numeric/vector';
import { witness } from '../runtime/device/witness';
import { program } from '../runtime/program';
import { runSize } from '../runtime/runSize';
import { float32, floats } from '../runtime/session';
import type { Sessions } from '../runtime/sessions';
import type { ClipCheckpoint } from './architecture';
import { embeddingProgram } from './imagePrograms';

/** A whole image tower, where nothing is asked of its inside. */
export interface ImageEmbedder {
  /** `pixels`: one [3, size, size] per image, normalised. One raw embedding e, [embedding], per image. At least one. */
  embed(pixels: readonly Float32Array[]): Promise<Float32Array[]>;
  /** Images that the next `embed` takes best, as those so far tell. */
  imagesPerRun(): number;
  release(): Promise<void>;
}

export function openImageEmbedder(
  {
    image: tower,
    weightsFolder,
    embeddingSize,
  }: Pick<ClipCheckpoint, 'image' | 'weightsFolder' | 'embeddingSize'>,
  sessions?: Sessions,
): ImageEmbedder {
  const whole = program((g) => embeddingProgram(g, tower), {
    folder: weightsFolder,
    sessions,
    prepack: true,
    name: 'image tower',
    rows: 'images',
    witness: witness({ images: 2 }),
  });
  const learned = runSize();
  return {
    imagesPerRun: learned.next,
    async embed(pixels) {
      const size = tower.imageSize;
      const started = performance.now();
      const out = await whole.run({
        pixels: float32(concat(pixels), [pixels.length, 3, size, size]),
      });
      learned.ran(pixels.length, performance.now() - started);
      const embeddings = floats(out, 'embedding');
      return pixels.map((_, i) => embeddings.slice(i * embeddingSize, (i + 1) * embeddingSize));
    },
    release: () => whole.release(),
  };
}
