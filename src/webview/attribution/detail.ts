import type { ImageAnalysis } from '../../shared/analysis';
import type { Method } from '../../shared/measurement';
import type { StudyInfo } from '../../shared/study';
import { type Component, compared, componentsOf } from './components';
import type { Measured } from './measurements';
import { contrast, difference } from './versus';
import type { Whole } from './whole';

/** What the numbers of one prompt are made of; `prompt` and `against` are rows of the analyses. */
export interface Sources {
  readonly prompt: number;
  readonly against: readonly number[];
  readonly method: Method;
  /** The image in the model as it is. */
  readonly analysis: ImageAnalysis;
  /** The same with the intervention; null where there is none. */
  readonly changed: ImageAnalysis | null;
  /** Measurements of the prompt and its opponents, in this order, with the intervention: where the values are from. */
  readonly values: Measured | null;
  /** The same without the intervention. */
  readonly valuesBefore: Measured | null;
  /** With exact ablation. */
  readonly effects: Measured | null;
}

/** What is shown of one prompt: its score and its components, beside what they were without the intervention. */
export interface Detail {
  readonly similarity: number;
  /** Null where nothing is changed. */
  readonly before: number | null;
  /** Null while the method's values are not known. */
  readonly components: readonly Component[] | null;
}

export function detailOf(sources: Sources): Detail {
  const { analysis, changed, values, valuesBefore, effects } = sources;
  const now = componentsBy(sources, changed ?? analysis, values);
  const before = changed === null ? null : componentsBy(sources, analysis, valuesBefore);
  const measured = effects === null ? null : byComponent(effects, 'ablation');
  return {
    similarity: similarityOf(sources, changed ?? analysis),
    before: changed === null ? null : similarityOf(sources, analysis),
    components: now === null ? null : compared(now, before, measured),
  };
}

function componentsBy(
  { prompt, against, method }: Sources,
  analysis: ImageAnalysis,
  values: Measured | null,
): readonly Component[] | null {
  const { latents, activations, directions } = analysis;
  if (method === 'activation-gradient') {
    const of = contrast(
      directions[prompt]!,
      against.map((index) => directions[index]!),
    );
    return componentsOf(latents, activations, of.attributions);
  }
  const known = values === null ? null : byComponent(values, method);
  if (known === null) return null;
  return componentsOf(
    latents,
    activations,
    Array.from(latents, (latent) => known.get(latent) ?? 0),
  );
}

function similarityOf({ prompt, against }: Sources, { directions }: ImageAnalysis): number {
  return contrast(
    directions[prompt]!,
    against.map((index) => directions[index]!),
  ).similarity;
}

/** A method's values of the first prompt less the mean of the others; null where they are not known. */
function byComponent({ components, values }: Measured, method: Method): ReadonlyMap<number, number> | null {
  const [of, ...against] = values.get(method) ?? [];
  if (of === undefined) return null;
  const differences = difference(of, against);
  return new Map(Array.from(components, (component, i) => [component, differences[i]!]));
}

/** The whole as measured: of the first prompt, less the mean of the others. */
export function wholeOf({ wholes, values }: Measured): Whole {
  const number = (one: 'similarity' | 'without') => {
    const [of, ...against] = wholes.map((whole) => [whole[one]]);
    return difference(of!, against)[0]!;
  };
  const [of, ...against] = values.get('integrated-gradients') ?? [];
  return {
    similarity: number('similarity'),
    without: number('without'),
    integrated: of === undefined ? null : difference(of, against).reduce((sum, value) => sum + value, 0),
  };
}

/** The most components and blocks after them for which measuring takes no longer than a person would wait unasked. */
const quick = { components: 64, blocks: 2 };

/** Whether every component's effect is measured without being asked for. */
export function isQuick({ model, dictionary }: StudyInfo, active: number): boolean {
  const blocks = dictionary.point === 'embedding' ? 0 : model.blocks - 1 - dictionary.layer;
  return active <= quick.components && blocks <= quick.blocks;
}
