import type { Library, LibraryStudy } from './library';

/** Room that a study's contribution vectors have under a limit. Pictures have it in the order in which they ask. */
export interface ContributionRoom {
  /** Whether there is room for so many vectors of a picture, which is set aside: they are to be computed for it. */
  reserve(sha256: string, vectors: number): boolean;
  /** Whether there is room for them, which is taken, reserved or not: they are to be kept. */
  take(sha256: string, vectors: number): boolean;
}

/** Of a vector on disk, at most: the name of its picture (68, less where files have few), component, scale and length. */
const bytesBesideVector = 88;

/** Bytes that a contribution vector takes on disk: in half precision, with what stands beside it. */
export function bytesPerContribution(width: number): number {
  return 2 * width + bytesBesideVector;
}

/**
 * What is left of `most` bytes. Counted by vectors, not by files: however many runs it took to write them, there is the
 * same room for the next picture. What pictures that are gone still take counts, too.
 */
export async function contributionRoom(
  library: Pick<Library, 'contributionSize'>,
  { info }: LibraryStudy,
  { most }: { readonly most: number },
): Promise<ContributionRoom> {
  const each = bytesPerContribution(info.model.embeddingSize);
  const { dead, vectors } = await library.contributionSize(info.key);
  return roomOf(most - dead - vectors * each, each);
}

export function roomOf(bytes: number, perVector: number): ContributionRoom {
  let left = bytes;
  let aside = 0;
  const reserved = new Map<string, number>();
  return {
    reserve(sha256, vectors) {
      if (reserved.has(sha256)) return true;
      const cost = vectors * perVector;
      if (cost > left - aside) return false;
      reserved.set(sha256, cost);
      aside += cost;
      return true;
    },
    take(sha256, vectors) {
      aside -= reserved.get(sha256) ?? 0;
      reserved.delete(sha256);
      const cost = vectors * perVector;
      if (cost > left) return false;
      left -= cost;
      return true;
    },
  };
}
