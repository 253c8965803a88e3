import type { Intervention } from '../../shared/intervention';
import { samePrompts } from './prompts';

/** What a number of an image belongs to. */
export interface Asked {
  /** AnalysisKey. */
  readonly study: string;
  /** Index of the image in the host's state, and its name, for an index may come to mean another. */
  readonly image: number;
  readonly name: string;
  readonly prompts: readonly string[];
  readonly intervention: Intervention;
}

/** Whether both are of the same image against the same prompts in the same study, however it is changed. */
export function isAlike(a: Asked, b: Asked): boolean {
  return a.study === b.study && a.image === b.image && a.name === b.name && samePrompts(a.prompts, b.prompts);
}

export function isSame(a: Asked, b: Asked): boolean {
  return isAlike(a, b) && JSON.stringify(a.intervention) === JSON.stringify(b.intervention);
}
