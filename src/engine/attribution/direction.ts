import type { Direction } from '../../shared/direction';
import type { ImageSource } from '../../shared/image';
import { mean, normalise } from '../numeric/vector';
import type { ScoreDirection } from './score';

/** Where the unit embeddings that directions are made of come from. */
export interface Embeddings {
  text(text: string): Float32Array;
  image(image: ImageSource): Float32Array;
}

/** Every text that the directions are made of, each once. */
export function textsOf(directions: readonly Direction[]): readonly string[] {
  return [
    ...new Set(directions.flatMap(leaves).flatMap((leaf) => (leaf.kind === 'text' ? [leaf.text] : []))),
  ];
}

/** Every image that the directions are made of. */
export function imagesOf(directions: readonly Direction[]): readonly ImageSource[] {
  return directions.flatMap(leaves).flatMap((leaf) => (leaf.kind === 'image' ? [leaf.image] : []));
}

/** The direction's vector in embedding space; shared/direction.ts says what each kind means. */
export function resolveDirection(direction: Direction, embeddings: Embeddings): ScoreDirection {
  return { kind: 'cosine', vector: vectorOf(direction, embeddings) };
}

function vectorOf(direction: Direction, embeddings: Embeddings): Float32Array {
  switch (direction.kind) {
    case 'prompt':
      return embeddings.text(direction.text);
    case 'ensemble':
      return normalise(mean(direction.texts.map((text) => embeddings.text(text))));
    case 'image':
      return embeddings.image(direction.image);
    case 'versus': {
      const against = mean(direction.against.map((other) => vectorOf(other, embeddings)));
      return vectorOf(direction.of, embeddings).map((x, i) => x - against[i]!);
    }
  }
}

type Leaf =
  | { readonly kind: 'text'; readonly text: string }
  | { readonly kind: 'image'; readonly image: ImageSource };

function leaves(direction: Direction): Leaf[] {
  switch (direction.kind) {
    case 'prompt':
      return [{ kind: 'text', text: direction.text }];
    case 'ensemble':
      return direction.texts.map((text) => ({ kind: 'text', text }));
    case 'image':
      return [{ kind: 'image', image: direction.image }];
    case 'versus':
      return [direction.of, ...direction.against].flatMap(leaves);
  }
}
