import type { ImageAnalysis } from '../../shared/analysis';
import { type LogitScaling, promptConfidences } from '../../shared/confidence';
import type { PanelState } from '../../shared/panelProtocol';
import type { About } from '../components/studyHeader';
import { samePrompts } from './prompts';

/** The last analysis of an image and the prompts that it answers. */
export interface Settled {
  readonly study: string;
  readonly scaling: LogitScaling;
  readonly prompts: readonly string[];
  readonly analysis: ImageAnalysis;
}

/** By `imageKey`. */
export type SettledImages = ReadonlyMap<string, Settled>;

export function imageKey(index: number, name: string): string {
  return `${index}:${name}`;
}

/**
 * What is known after `state`: its own analyses, and earlier ones of images that are being computed again, so
 * that numbers can stay, dimmed, until the new ones come. Where none will come, or of another study, they go.
 */
export function settle(earlier: SettledImages, state: PanelState): SettledImages {
  const { images, progress, prompts, study } = state;
  const settled = new Map<string, Settled>();
  images.forEach(({ name, outcome }, index) => {
    const key = imageKey(index, name);
    const known = earlier.get(key);
    if (outcome === null) {
      const ofThisStudy = study === null || study.key === known?.study;
      if (known !== undefined && progress !== null && ofThisStudy) settled.set(key, known);
    } else if (outcome.kind === 'analysis' && study !== null) {
      const { analysis } = outcome;
      if (analysis.directions.length !== prompts.length) return;
      settled.set(key, { study: study.key, scaling: study.model, prompts, analysis });
    }
  });
  return settled;
}

/** A prompt's numbers; null where there are none yet. */
export interface PromptScore {
  readonly similarity: number | null;
  /** From 0 to 1: its share of the prompts that were computed together, or its own probability. */
  readonly confidence: number | null;
  /** The same in the model without an intervention; null where there is none. */
  readonly before?: { readonly similarity: number; readonly confidence: number } | null;
}

/** Scores with an intervention, and beside them those without. */
export function comparedScores(now: readonly PromptScore[], before: readonly PromptScore[]): PromptScore[] {
  return now.map((score, index) => {
    const { similarity = null, confidence = null } = before[index] ?? {};
    return {
      ...score,
      before: similarity === null || confidence === null ? null : { similarity, confidence },
    };
  });
}

/** One per prompt shown, looked up by text: an edited list keeps the numbers of the prompts it kept. */
export function promptScores(prompts: readonly string[], settled: Settled | undefined): PromptScore[] {
  if (settled === undefined) return prompts.map(() => ({ similarity: null, confidence: null }));
  const similarities = settled.analysis.directions.map(({ similarity }) => similarity);
  const confidences = promptConfidences(similarities, settled.scaling);
  return prompts.map((text) => {
    const index = settled.prompts.indexOf(text);
    return { similarity: similarities[index] ?? null, confidence: confidences[index] ?? null };
  });
}

/** Whether `settled` is the host's answer to exactly these prompts, and not one from before. */
export function isFresh(state: PanelState, image: number, prompts: readonly string[]): boolean {
  return state.images[image]?.outcome != null && samePrompts(prompts, state.prompts);
}

/** As `state` says, or, while it is only being computed again, as it was. */
export function aboutStudy(earlier: About, { study, notes, progress }: PanelState): About {
  if (study === null && progress !== null) return earlier;
  return { study, notes: [...new Set([...notes, ...(study?.notes ?? [])])] };
}
