import type { Noun } from './nouns';
import { type Scene, type SceneOptions, sampleScene } from './scene';
import type { Extra, World } from './world';

export interface PlanRequest {
  readonly world: World;
  readonly seed: number;
  readonly nouns: readonly Noun[];
  readonly perNoun: number;
  /** Scenes of two things. */
  readonly mixed: number;
  readonly with: readonly Extra[];
  readonly without: readonly Extra[];
}

export interface PlannedScene {
  /** In the folder that is written, with slashes. */
  readonly file: string;
  readonly scene: Scene;
}

/** All scenes of a folder. A scene depends on the seed, its noun and its number alone, not on what else is drawn. */
export function planScenes(request: PlanRequest): readonly PlannedScene[] {
  const { seed, nouns, perNoun, mixed } = request;
  const single = nouns.flatMap((noun) =>
    numbers(perNoun).map((k) =>
      plan(request, noun.replaceAll(' ', '_'), k, [seed, noun, k], { nouns: [noun] }),
    ),
  );
  const double = numbers(mixed).map((k) => plan(request, 'mixed', k, [seed, 'mixed', k], { count: 2 }));
  return [...single, ...double];
}

function plan(
  { world, with: wanted, without }: PlanRequest,
  name: string,
  k: number,
  key: readonly (string | number)[],
  options: SceneOptions,
): PlannedScene {
  return {
    file: `images/${name}/${name}_${String(k).padStart(2, '0')}.jpg`,
    scene: sampleScene(world, key, { ...options, with: wanted, without }),
  };
}

function numbers(count: number): readonly number[] {
  return Array.from({ length: count }, (_, k) => k);
}
