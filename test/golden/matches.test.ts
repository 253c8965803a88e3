import { mkdtempSync, readFileSync, realpathSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import * as path from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import * as z from 'zod';
import { createEngine } from '../../src/engine/engine';
import { openLibrary } from '../../src/engine/library/openLibrary';
import { Direction } from '../../src/shared/direction';
import type { LibraryRequest } from '../../src/shared/library';
import type { JobContext } from '../../src/shared/rpc/protocol';
import { root } from './references';

/**
 * Which pictures of the demo match prompts, and how well texts describe components, against PyTorch and numpy in float64
 * from the pictures up (test/reference/matches.py). The same pictures in the same order: no two of them are nearer than
 * `gap`, which is more than twice what similarities may be off. Embeddings are kept in float32, as they were computed, so
 * the kept ones give what an attribution now gives, to 1e-6. `better` is a count: at most two components of 327 may change
 * places with the one asked about, by rounding.
 */
const tolerance = { similarity: 1e-5, alignment: 2e-5, fresh: 1e-6, places: 2 };

const Listed = z.array(z.object({ image: z.int(), similarity: z.number() }));
const Reference = z.object({
  images: z.array(z.string()),
  sha256: z.array(z.string()),
  most: z.int(),
  matches: z.array(z.object({ direction: Direction, best: Listed, worst: Listed, gap: z.number() })),
  studies: z.array(
    z.object({
      dictionary: z.string(),
      judge: z.string().nullable(),
      named: z.int(),
      few: z.array(z.int()).min(1),
      pairs: z.array(
        z.object({ component: z.int(), text: z.string(), alignment: z.number(), better: z.number() }),
      ),
    }),
  ),
});
const reference = Reference.parse(
  JSON.parse(readFileSync(path.join(root, 'test/golden/matches.json'), 'utf8')),
);
const { images, sha256, most, matches } = reference;

const scratch = mkdtempSync(path.join(realpathSync(tmpdir()), 'clipsight-matches-'));
const library = path.join(scratch, 'library.duckdb');
const engine = createEngine({
  cacheFolder: null,
  threads: 2,
  demoImages: path.join(root, 'examples/demo/images'),
  nounsFile: '',
});
const job: JobContext = { signal: new AbortController().signal, progress: () => undefined };
const requestFor = (judge: string | null): LibraryRequest => ({
  library,
  study: { model: path.join(root, 'models/emoji-clip'), dictionary: path.join(root, 'models/sae-cls') },
  judge: judge === null ? null : path.join(root, 'models', judge),
});
const request = requestFor('emoji-judge');

beforeAll(async () => {
  const report = await engine.indexLibrary(
    {
      ...request,
      roots: [{ folder: path.join(root, 'examples/demo/images') }],
      others: 'keep',
      contributions: 'none',
    },
    job,
  );
  expect(report.images).toBe(images.length);
}, 300_000);
afterAll(async () => {
  await (await openLibrary(library)).close();
  rmSync(scratch, { recursive: true, force: true });
});

describe('matching images', () => {
  it('finds the best and the worst of every direction, in order', async () => {
    const directions = matches.map(({ direction }) => direction);
    const found = await engine.matchImages({ ...request, directions, most }, job);
    expect(found.grounds).toMatchObject({ images: images.length, judge: null, notes: [] });
    for (const [d, wanted] of matches.entries()) {
      expect(wanted.gap).toBeGreaterThan(2 * tolerance.similarity);
      for (const which of ['best', 'worst'] as const) {
        const listed = found.directions[d]![which];
        expect(listed.map((one) => one.sha256)).toEqual(wanted[which].map(({ image }) => sha256[image]));
        listed.forEach((one, i) => {
          const { image, similarity } = wanted[which][i]!;
          close(one.similarity, similarity, tolerance.similarity);
          expect(one.path).toBe(path.join(root, images[image]!));
        });
      }
    }
  });

  it('gives what attribution gives', async () => {
    const directions = matches.map(({ direction }) => direction);
    const found = await engine.matchImages({ ...request, directions, most: 2 }, job);
    for (const [d, { best, worst }] of found.directions.entries()) {
      for (const one of [...best, ...worst]) {
        const fresh = await engine.attribute(
          {
            study: request.study,
            images: [{ kind: 'file', path: one.path }],
            directions: [directions[d]!],
          },
          job,
        );
        const [outcome] = fresh.images;
        if (outcome?.kind !== 'analysis') throw new Error('no analysis');
        close(one.similarity, outcome.analysis.directions[0]!.similarity, tolerance.fresh);
      }
    }
  });
});

describe.each(reference.studies)('aligning texts, judged by $judge', ({ judge, pairs, few, named }) => {
  it('gives alignments and the share of components that fit better', async () => {
    const asked = pairs.map(({ component, text }) => ({ component, text }));
    const found = await engine.alignPairs({ ...requestFor(judge), pairs: asked }, job);
    expect(found.grounds).toMatchObject({ images: images.length, judge, notes: [] });
    pairs.forEach(({ alignment, better }, i) => {
      const pair = found.pairs[i]!;
      close(pair.alignment, alignment, tolerance.alignment);
      close(pair.better, better, (tolerance.places + 0.5) / (named - 1));
    });
    const exact = pairs.filter(({ better }, i) => Math.abs(found.pairs[i]!.better - better) < 1e-9);
    expect(exact.length).toBeGreaterThan(0.95 * pairs.length);
    const again = await engine.alignPairs({ ...requestFor(judge), pairs: asked.toReversed() }, job);
    expect(again.pairs).toEqual(found.pairs.toReversed());
  });

  it('says nothing of components with too few images', async () => {
    const text = pairs[0]!.text;
    const { pairs: found } = await engine.alignPairs(
      {
        ...requestFor(judge),
        pairs: [pairs[0]!.component, ...few].map((component) => ({ component, text })),
      },
      job,
    );
    expect(found.slice(1)).toEqual(few.map(() => null));
    expect(found[0]).not.toBeNull();
  });
});

function close(found: number, expected: number, within: number): void {
  expect(Math.abs(found - expected)).toBeLessThanOrEqual(within);
}
