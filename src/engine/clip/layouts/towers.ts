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
