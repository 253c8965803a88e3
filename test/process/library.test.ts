import { join } from 'node:path';
import { describe, expect, it, onTestFinished } from 'vitest';
import type { Library } from '../../src/engine/library/library';
import { openLibrary } from '../../src/engine/library/openLibrary';
import { batchOf, embedder, into, picture, study } from '../support/libraryRows';
import { temporaryFolder } from '../support/temporaryFolder';

async function opened(name = 'library.duckdb', folder = temporaryFolder()): Promise<Library> {
  const library = await openLibrary(join(folder, name));
  onTestFinished(() => library.close());
  await library.useStudy(study);
  await library.useEmbedder(embedder('judge', 3));
  return library;
}

describe('a library', () => {
  it('gives back what was added, in the order of SHA-256', async () => {
    const library = await opened();
    const pictures = [picture('b', { 5: 1, 7: 2 }), picture('a', { 5: 3 }), picture('c', {})];
    await library.add(batchOf(pictures), into);
    const read = await library.pictures(study.info.key);
    expect(read.sha256).toEqual(['a', 'b', 'c'].map((letter) => letter.repeat(64)));
    const chunks = [];
    for await (const chunk of library.activations(study.info.key, read)) chunks.push(chunk);
    expect(chunks).toHaveLength(1);
    expect([...chunks[0]!.pictures]).toEqual([0, 1, 1]);
    expect([...chunks[0]!.components]).toEqual([5, 5, 7]);
    expect([...chunks[0]!.max]).toEqual([3, 1, 2]);
    const one = await library.activationsOf(study.info.key, 5, read);
    expect([...one.pictures]).toEqual([0, 1]);
    const embeddings = await library.embeddings('model', read.sha256);
    expect(embeddings.rows.width).toBe(4);
    expect([...embeddings.present]).toEqual([1, 1, 1]);
    expect([...(await library.files(null))].map(({ path }) => path)).toEqual([
      '/i/a.png',
      '/i/b.png',
      '/i/c.png',
    ]);
    const contributions = await library.contributionsOf(study.info.key, 5, read);
    expect([...contributions.pictures]).toEqual([0, 1]);
    await library.settle();
    const after = await library.pictures(study.info.key);
    expect(await library.contributionsOf(study.info.key, 5, after)).toEqual(contributions);
    expect(await library.contributionsIn(study.info.key, 'c'.repeat(64))).toMatchObject({
      components: new Int32Array(0),
    });
    expect((await library.contributionSize(study.info.key)).pictures).toBe(3);
    expect(
      await library.lacking(['a'.repeat(64), 'f'.repeat(64)], {
        study: study.info.key,
        embedders: ['judge'],
      }),
    ).toEqual({
      codes: new Set(['f'.repeat(64)]),
      embeddings: [new Set(['a'.repeat(64), 'f'.repeat(64)])],
    });
  });
});
