import type { Site } from '../clip/imageTower';
import type { TokenSpan } from '../clip/tokens';

/** Where in the image tower a dictionary writes, on which tokens, and how many consecutive latents make a component. */
export interface Writes {
  readonly site: Site;
  readonly span: TokenSpan;
  readonly componentSize: number;
}
