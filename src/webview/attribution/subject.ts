import type { ImageAnalysis } from '../../shared/analysis';
import type { Direction } from '../../shared/direction';
import type { StudyInfo } from '../../shared/study';
import { namingOf } from '../components/naming';
import type { Component } from './components';
import type { KnownComponents } from './identity';

/** What is being looked at: an image against a prompt, and one component of it. */
export interface Subject {
  /** Index in the host's state, and what people call it. */
  readonly image: number;
  readonly name: string;
  readonly images: number;
  readonly prompt: string;
  /** Texts that it is compared with; none when it is on its own. */
  readonly against: readonly string[];
  readonly study: StudyInfo;
  /** The components of the image, as the table has them. */
  readonly components: readonly Component[];
  /** The component that was looked at last, of those; null where there is none. */
  readonly component: number | null;
  readonly library: KnownComponents | null;
  /** Names study and picture: what was computed under one key holds under it. */
  readonly key: string;
  /** Whether the host has computed just this, so that it can be asked for more. */
  readonly ready: boolean;
  /** Whether the panel shows a changed model: all of this is of the model as it is. */
  readonly changed: boolean;
}

/** The direction that the table's numbers are of. */
export function directionOf({ prompt, against }: Pick<Subject, 'prompt' | 'against'>): Direction {
  const of: Direction = { kind: 'prompt', text: prompt };
  if (against.length === 0) return of;
  return { kind: 'versus', of, against: against.map((text) => ({ kind: 'prompt', text })) };
}

/** `“a wolf”`, or what it is compared with as well. */
export function directionName({ prompt, against }: Pick<Subject, 'prompt' | 'against'>): string {
  const [first, ...others] = against;
  if (first === undefined) return `“${prompt}”`;
  return others.length === 0 ? `“${prompt}” versus “${first}”` : `“${prompt}” versus the others`;
}

/** Where the panel shows a changed model beside it; null where there is none that it could be mistaken for. */
export function unchangedSentence({ changed }: Pick<Subject, 'changed'>): string | null {
  return changed ? 'Of the model as it is, without the changes.' : null;
}

/** `“snow” (12)`; where nobody has named it, `latent 12`. */
export function componentName(library: KnownComponents | null, latent: number): string {
  const summary = library?.summaries.get(latent);
  const naming = summary === undefined ? null : namingOf(summary);
  return naming === null || naming.kind === 'none' ? `latent ${latent}` : `“${naming.text}” (${latent})`;
}

/** Changes with what the model saw in the picture: the file may have changed under the same name. */
export function subjectKey(study: StudyInfo, name: string, { latents, activations }: ImageAnalysis): string {
  return [study.key, name, latents.length, activations.reduce((sum, z) => sum + z, 0)].join('\n');
}

/** The component to speak of: the one chosen, if it is active here, else the one in the inspector, else the strongest. */
export function componentInView(
  components: readonly Component[],
  chosen: number | null,
  selected: number | null,
): number | null {
  for (const candidate of [chosen, selected]) {
    if (candidate !== null && components.some(({ latent }) => latent === candidate)) return candidate;
  }
  return strongest(components, 1)[0]?.latent ?? null;
}

/** Those of the largest |A_j|, largest first. */
export function strongest(components: readonly Component[], most: number): readonly Component[] {
  return [...components].sort((a, b) => b.share - a.share || a.latent - b.latent).slice(0, most);
}
