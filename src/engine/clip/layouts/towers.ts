import { ClipsightError } from '../../../shared/errors';
import type { TensorFile } from '../../checkpoint/tensors';
import type { StoredTensor } from '../../graph/value';
import type { ImageTower, TextTower } from '../architecture';

/** The weights of a checkpoint, each in its place. */
export interface Towers {
  readonly image: ImageTower;
  readonly text: TextTower;
  readonly logitScale: StoredTensor;
  readonly logitBias: StoredTensor | null;
}

/** A scalar, which some tools save with one axis. */
export function scalarShape({ tensors }: TensorFile, name: string): readonly number[] {
  return tensors.get(name)?.shape.length === 1 ? [1] : [];
}

/** Where nothing projects it, what is pooled is the embedding: then it must have its size. */
export function demandEmbeddings({ image, text }: Towers, embeddingSize: number, { path }: TensorFile): void {
  for (const [name, tower] of [
    ['image', image],
    ['text', text],
  ] as const) {
    if (tower.projection !== null || tower.width === embeddingSize) continue;
    throw new ClipsightError(
      'checkpoint',
      `${path}: the ${name} tower has a width of ${tower.width} and no projection to the ${embeddingSize} dimensions of an embedding.`,
      'Check that the weights and their configuration belong together.',
    );
  }
}
