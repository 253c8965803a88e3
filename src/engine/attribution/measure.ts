import type { Method } from '../../shared/measurement';
import { ablation, endpoints } from './ablation';
import { attribute, embeddingOf, type KeptImage } from './attribute';
import { energy } from './energy';
import type { HookPrograms } from './hookPrograms';
import { firstPoints, type IntegratedGradients, integratedGradients } from './integratedGradients';
import { logitLens, totalActivations } from './logitLens';
import { randomValues } from './random';
import { type ScoreDirection, score } from './score';

/** One image, measured by several methods. */
export interface Measured {
  /** One per direction asked, in order. */
  readonly directions: readonly MeasuredDirection[];
  /** What a person should know of the numbers. */
  readonly notes: readonly string[];
}

export interface MeasuredDirection {
  /** y. */
  readonly similarity: number;
  /** y with all components removed, by running the model. */
  readonly without: number;
  /** One per method asked, in order: [components], one number for each of `image.components`. */
  readonly values: readonly Float32Array[];
}

export interface MeasureOptions {
  /** Called before every run of the runtime: lets others in, and throws where the work was cancelled. */
  readonly between: () => Promise<void>;
  /** Told of work done out of all there is, in any unit. */
  readonly progress?: (done: number, total: number) => void;
  /** A direction as a note calls it, from its place among those asked; its number if left out. */
  readonly nameOf?: (direction: number) => string;
}

/**
 * How much each active component of an image matters for its score against each direction, by each method
 * (docs/method.md, *Methods*). A component that is silent on every token, as one that an intervention switched off, has
 * the value 0 by every method.
 */
export async function measure(
  image: KeptImage,
  directions: readonly ScoreDirection[],
  methods: readonly Method[],
  programs: HookPrograms,
  { between, progress = () => undefined, nameOf = (d) => `direction ${d + 1}` }: MeasureOptions,
): Promise<Measured> {
  const count = image.components.length;
  const embedding = await embeddingOf(image, programs);
  const similarities = directions.map((direction) => score(embedding, direction));
  if (count === 0 || directions.length === 0) {
    const values = methods.map(() => new Float32Array(count));
    return {
      directions: similarities.map((similarity) => ({ similarity, without: similarity, values })),
      notes: [],
    };
  }
  const componentSize = image.codes.latents.length / count;
  const ends = await endpoints(image, programs, between);
  const notes: string[] = [];
  const total = methods.reduce((sum, method) => sum + workOf(method, count, directions.length), 0);
  let done = 0;
  progress(done, total);
  const forAll = (values: Float32Array) => directions.map(() => values);

  let lens: Promise<readonly Float32Array[]> | null = null;
  /** Of two methods, computed once. */
  const logitLenses = () => (lens ??= logitLens(image, componentSize, directions, programs, between));

  /** One [components] per direction. */
  const valuesOf = async (method: Method): Promise<readonly Float32Array[]> => {
    switch (method) {
      case 'activation-gradient': {
        const { analysis } = await attribute(image, directions, programs, between);
        return analysis.directions.map(({ attributions }) => attributions);
      }
      case 'integrated-gradients': {
        if (!programs.differentiable) return forAll(new Float32Array(count));
        const integrated = await integratedGradients(image, ends, directions, programs, between);
        notes.push(...integrated.flatMap((one, d) => (one.complete ? [] : [incomplete(one, d)])));
        return integrated.map(({ values }) => values);
      }
      case 'logit-lens':
        return logitLenses();
      case 'activation-logit-lens': {
        const activation = totalActivations(image, componentSize);
        return (await logitLenses()).map((values) => values.map((value, j) => activation[j]! * value));
      }
      case 'energy':
        return forAll(energy(image, componentSize));
      case 'random':
        return forAll(randomValues(image));
      case 'ablation':
        return ablation(image, ends.whole, directions, programs, between, (removed) =>
          progress(done + removed, total),
        );
    }
  };

  const incomplete = ({ values, points }: IntegratedGradients, d: number): string => {
    const sum = values.reduce((all, value) => all + value, 0);
    const difference = score(ends.whole, directions[d]!) - score(ends.without, directions[d]!);
    return (
      `Integrated gradients for ${nameOf(d)} add up to ${sum.toPrecision(3)}, with ${points} points on the path, where ` +
      `removing all components changes the score by ${difference.toPrecision(3)}: do not rely on them.`
    );
  };

  const silent = silentComponents(image, componentSize);
  const perMethod: (readonly Float32Array[])[] = [];
  for (const method of methods) {
    const values = await valuesOf(method);
    perMethod.push(values.map((each) => each.map((value, j) => (silent[j] === 1 ? 0 : value))));
    done += workOf(method, count, directions.length);
    progress(done, total);
  }
  return {
    directions: directions.map((direction, d) => ({
      similarity: similarities[d]!,
      without: score(ends.without, direction),
      values: perMethod.map((values) => values[d]!),
    })),
    notes,
  };
}

/** About how often the model's rest is run. */
function workOf(method: Method, components: number, directions: number): number {
  switch (method) {
    case 'ablation':
      return components;
    case 'integrated-gradients':
      return directions * firstPoints;
    case 'activation-gradient':
      return directions;
    case 'logit-lens':
    case 'activation-logit-lens':
    case 'energy':
    case 'random':
      return 1;
  }
}

/** [components]: 1 where nothing is active on any token. */
function silentComponents({ codes, components }: KeptImage, componentSize: number): Uint8Array {
  const silent = new Uint8Array(components.length).fill(1);
  codes.activations.forEach((z, n) => {
    if (z !== 0) silent[Math.floor((n % codes.latents.length) / componentSize)] = 0;
  });
  return silent;
}
