import type { Sample } from '../../shared/library';
import type { ComponentTable } from './componentTable';
import type { TokenRegions } from './tokenRegions';

/** What one picture does with a component. */
export interface Firing {
  /** Number of the picture. */
  readonly picture: number;
  readonly activation: number;
  readonly mean: number;
  readonly token: number;
  readonly relevance: number | null;
}

export function sampleOf(
  { picture, ...firing }: Firing,
  { pictures }: Pick<ComponentTable, 'pictures'>,
  regions: TokenRegions,
): Sample {
  const width = pictures.width[picture]!;
  const height = pictures.height[picture]!;
  return {
    path: pictures.paths[picture]!,
    sha256: pictures.sha256[picture]!,
    width,
    height,
    crop: regions.crop(width, height),
    region: regions.region(firing.token, width, height),
    ...firing,
  };
}
