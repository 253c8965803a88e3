import type { Library } from '../library/library';
import { outdated } from '../library/libraryErrors';
import type { Rows } from '../semantics/rows';

/**
 * Raw embeddings of pictures that all had one, [pictures, embedding]. A picture may be forgotten between two questions:
 * what is read from the others would be told of it, too.
 *
 * @throws ClipsightError `library` where one is gone.
 */
export async function presentEmbeddings(
  library: Pick<Library, 'embeddings' | 'file'>,
  embedder: string,
  sha256: readonly string[],
): Promise<Rows> {
  const { rows, present } = await library.embeddings(embedder, sha256);
  if (present.includes(0)) throw outdated(library.file);
  return rows;
}
