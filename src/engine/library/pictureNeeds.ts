import type { ContributionRoom } from './contributionRoom';
import type { Library } from './library';
import type { Need } from './readPictures';

/** Asks what is to be computed of pictures, one answer per picture. */
export type NeedsOf = (sha256: readonly string[]) => Promise<readonly Need[]>;

/** For what, by their keys, pictures are to be computed. */
export interface NeededFor {
  readonly study: string;
  /** Embedder of the model under study. */
  readonly model: string;
  /** Null where there is none beside the model itself. */
  readonly judge: string | null;
  /** Room for contribution vectors that are kept; null where none are computed. */
  readonly room: ContributionRoom | null;
}

/**
 * What pictures lack. Contributions are lacking where there is room for them: those that an earlier run had no room for,
 * or did not come to write. With them the codes are computed again, which stay as they are in the library.
 */
export function pictureNeeds(
  library: Pick<Library, 'lacking' | 'lackingContributions'>,
  { study, model, judge, room }: NeededFor,
): NeedsOf {
  const embedders = judge === null ? [model] : [model, judge];
  return async (sha256) => {
    const { codes, embeddings } = await library.lacking(sha256, { study, embedders });
    const coded = sha256.filter((one) => !codes.has(one));
    const unkept =
      room === null || coded.length === 0
        ? new Map<string, number>()
        : await library.lackingContributions(study, coded);
    return sha256.map((one) => {
      const vectors = unkept.get(one);
      return {
        codes: codes.has(one) || (vectors !== undefined && room!.reserve(one, vectors)),
        embedding: embeddings[0]!.has(one),
        judged: embeddings[1]?.has(one) ?? false,
      };
    });
  };
}

export function isNeeded({ codes, embedding, judged }: Need): boolean {
  return codes || embedding || judged;
}
