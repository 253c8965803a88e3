import { mkdir, writeFile } from 'node:fs/promises';
import * as path from 'node:path';
import sharp from 'sharp';
import { HashCache } from '../../src/engine/checkpoint/hashCache';
import { prepareImage } from '../../src/engine/clip/prepareImage';
import { Graph } from '../../src/engine/graph/graph';
import { openModel } from '../../src/engine/model';
import { concat } from '../../src/engine/numeric/vector';
import { float32, Session } from '../../src/engine/runtime/session';
import { modelOnCpu } from '../../src/engine/runtime/sessions';
import { batches, startedAhead } from '../../src/engine/sequences';
import type { IndexRequest } from '../../src/shared/library';
import { createSupervisor } from '../../src/supervisor/engineSupervisor';
import { plainForward } from './compute';
import { resident } from './process';
import type { BenchModel } from './randomClip';

export interface IndexingFigures {
  /** Images. */
  readonly count: number;
  /** Images per second of a pipeline that decodes the same files and runs the plain forward pass, at its best batch size. */
  readonly bare: { readonly rate: number; readonly batch: number };
  /** Of indexing without and with contributions. */
  readonly plain: number;
  readonly withContributions: number;
  /** Resident bytes of the engine after a quarter of the images and after all; null where the system does not tell. */
  readonly residentQuarter: number | null;
  readonly residentAll: number | null;
}

const batchSizes = [1, 4, 8, 16, 32];
/** Pictures that a batch size is tried on. */
const tried = 64;

/** Indexing by the built engine as a process of its own, between two halves of the bare pipeline. */
export async function measureIndexing(
  root: string,
  under: string,
  model: BenchModel,
  threads: number,
  count: number,
): Promise<IndexingFigures> {
  const folder = path.join(under, 'images');
  const files = await writeImages(folder, count);
  const bare = await openBare(model, threads);
  const index = async (name: string, contributions: IndexRequest['contributions']) => {
    const engine = createSupervisor({
      entry: path.join(root, 'dist/engine.js'),
      args: ['--cache-folder', under, '--threads', String(threads)],
      log: () => undefined,
    });
    try {
      let quarter: number | null = null;
      const report = await engine.remote.indexLibrary(
        {
          library: path.join(under, name),
          study: { model: model.folder, dictionary: model.dictionary, acceptPoor: true },
          judge: null,
          roots: [{ folder }],
          others: 'remove',
          contributions,
        },
        {
          onProgress({ stage, done }) {
            if (stage === 'Indexing' && done >= count / 4) quarter ??= resident(engine.pid);
          },
        },
      );
      if (report.computed !== count) throw new Error(`${report.computed} of ${count} images were computed`);
      return { rate: report.imagesPerSecond!, quarter, all: resident(engine.pid) };
    } finally {
      await engine.stop();
    }
  };
  const batch = await bare.bestBatch(files.slice(0, tried));
  const half = Math.floor(count / 2);
  const before = await bare.seconds(files.slice(0, half), batch);
  const plain = await index('plain.duckdb', 'none');
  const after = await bare.seconds(files.slice(half), batch);
  await bare.release();
  const withContributions = await index('contributions.duckdb', { most: 10e9 });
  return {
    count,
    bare: { rate: count / (before + after), batch },
    plain: plain.rate,
    withContributions: withContributions.rate,
    residentQuarter: plain.quarter,
    residentAll: plain.all,
  };
}

async function openBare({ folder }: BenchModel, threads: number) {
  const { checkpoint, preprocessing } = await openModel(folder, {
    hashes: new HashCache(null),
    placeTowers: () => modelOnCpu(threads),
  });
  const { image: tower, weightsFolder } = checkpoint;
  const g = new Graph();
  plainForward(g, tower);
  const session = await Session.create(g, { folder: weightsFolder, threads, prepack: true });
  const size = tower.imageSize;
  const seconds = async (files: readonly string[], batch: number): Promise<number> => {
    const started = performance.now();
    const prepared = startedAhead(files, Math.max(8, 2 * batch), (file) =>
      prepareImage({ kind: 'file', path: file }, preprocessing),
    );
    for await (const some of batches(prepared, () => batch)) {
      const pixels = concat(some.map((one) => one.pixels));
      await session.run({ pixels: float32(pixels, [some.length, 3, size, size]) });
    }
    return (performance.now() - started) / 1000;
  };
  return {
    seconds,
    async bestBatch(files: readonly string[]): Promise<number> {
      await seconds(files, 8); // warm
      let best = { batch: 1, seconds: Number.POSITIVE_INFINITY };
      for (const batch of batchSizes) {
        const took = await seconds(files, batch);
        if (took < best.seconds) best = { batch, seconds: took };
      }
      return best.batch;
    },
    release: () => session.release(),
  };
}

/** JPEGs of 500 × 375, each another, about as large as photographs of that size, in ten class folders. */
async function writeImages(folder: string, count: number): Promise<readonly string[]> {
  const files = Array.from({ length: count }, (_, i) =>
    path.join(folder, `class ${i % 10}`, `${String(i).padStart(6, '0')}.jpg`),
  ).toSorted();
  for (let i = 0; i < 10; i++) await mkdir(path.join(folder, `class ${i}`), { recursive: true });
  let state = 2463534242;
  for (const file of files) {
    const [width, height] = [100, 75];
    const coarse = new Uint8Array(width * height * 3);
    for (let i = 0; i < coarse.length; i++) {
      state ^= state << 13;
      state ^= state >>> 17;
      state ^= state << 5;
      coarse[i] = 128 + 80 * Math.sin(i / 997) + (state & 31);
    }
    const jpeg = await sharp(coarse, { raw: { width, height, channels: 3 } })
      .resize(500, 375)
      .jpeg({ quality: 85 })
      .toBuffer();
    await writeFile(file, jpeg);
  }
  return files;
}
