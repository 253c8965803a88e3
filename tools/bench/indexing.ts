import { mkdir, writeFile } from 'node:fs/promises';
import * as path from 'node:path';
import sharp from 'sharp';
import { HashCache } from '../../src/engine/checkpoint/hashCache';
import { prepareImage } from '../../src/engine/clip/prepareImage';
import { openModel } from '../../src/engine/model';
import { concat } from '../../src/engine/numeric/vector';
import { program } from '../../src/engine/runtime/program';
import { float32 } from '../../src/engine/runtime/session';
import { batches, startedAhead } from '../../src/engine/sequences';
import type { IndexRequest } from '../../src/shared/library';
import { createSupervisor } from '../../src/supervisor/engineSupervisor';
import { plainForward } from './compute';
import type { BenchDevice } from './device';
import { resident } from './process';
import type { BenchModel } from './randomClip';
import type { Reference } from './reference';
import type { Row } from './results';
import { atLeast, besidePytorch, bytes, rate, row, rowBeside } from './rows';

export interface IndexingFigures {
  /** Images. */
  readonly count: number;
  /** Images per second of a pipeline that decodes the same files and runs the plain forward pass, at its best batch size. */
  readonly bare: { readonly rate: number; readonly batch: number };
  /** The same by PyTorch, with the active latents, at its best batch size and number of decoding threads; null if not installed. */
  readonly pytorch: { readonly rate: number; readonly batch: number; readonly ahead: number } | null;
  /** Of indexing without and with contributions. */
  readonly plain: number;
  readonly withContributions: number;
  /** Resident bytes of the engine after a quarter of the images and after all; null where the system does not tell. */
  readonly residentQuarter: number | null;
  readonly residentAll: number | null;
}

const batchSizes = [1, 2, 4, 8, 16, 32];
/** Pictures that a batch size is tried on. */
const tried = 64;

/** Indexing by the built engine as a process of its own, between two halves of the bare pipeline. */
export async function measureIndexing(
  root: string,
  under: string,
  model: BenchModel,
  device: BenchDevice,
  reference: Reference | null,
  count: number,
): Promise<IndexingFigures> {
  const folder = path.join(under, 'images');
  const files = await writeImages(folder, count);
  const bare = await openBare(model, device);
  const pytorch = reference === null ? null : await openPytorch(model, device, reference);
  const index = async (name: string, contributions: IndexRequest['contributions']) => {
    const engine = createSupervisor({
      entry: path.join(root, 'dist/engine.js'),
      args: ['--cache-folder', under, ...device.engineArguments],
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
      const by = report.study.computed.device;
      if (by !== device.device) throw new Error(`images were computed on ${by}, not on ${device.device}`);
      return { rate: report.imagesPerSecond!, quarter, all: resident(engine.pid) };
    } finally {
      await engine.stop();
    }
  };
  const batch = await bare.bestBatch(files.slice(0, tried));
  const way = await pytorch?.best(files.slice(0, tried));
  const half = Math.floor(count / 2);
  const others = async (some: readonly string[]) => ({
    bare: await bare.seconds(some, batch),
    pytorch: way === undefined ? 0 : await pytorch!.seconds(some, way),
  });
  const before = await others(files.slice(0, half));
  const plain = await index('plain.duckdb', 'none');
  const after = await others(files.slice(half));
  await bare.release();
  const withContributions = await index('contributions.duckdb', { most: 10e9 });
  return {
    count,
    bare: { rate: count / (before.bare + after.bare), batch },
    pytorch: way === undefined ? null : { rate: count / (before.pytorch + after.pytorch), ...way },
    plain: plain.rate,
    withContributions: withContributions.rate,
    residentQuarter: plain.quarter,
    residentAll: plain.all,
  };
}

interface PytorchWay {
  readonly batch: number;
  readonly ahead: number;
}

async function openPytorch(model: BenchModel, { device, threads }: BenchDevice, reference: Reference) {
  await reference.load(model, threads);
  // On a GPU larger batches pay.
  const sizes = device === 'cpu' ? batchSizes : [...batchSizes, 64, 128];
  const seconds = async (files: readonly string[], { batch, ahead }: PytorchWay): Promise<number> =>
    (await reference.index(files, batch, ahead)) / 1000;
  return {
    seconds,
    async best(files: readonly string[]): Promise<PytorchWay> {
      await seconds(files, { batch: 8, ahead: 1 }); // warm
      let best = { way: { batch: 1, ahead: 1 }, seconds: Number.POSITIVE_INFINITY };
      for (const batch of sizes) {
        for (const ahead of new Set([1, threads])) {
          const took = await seconds(files, { batch, ahead });
          if (took < best.seconds) best = { way: { batch, ahead }, seconds: took };
        }
      }
      return best.way;
    },
  };
}

async function openBare({ folder }: BenchModel, { place }: BenchDevice) {
  const { checkpoint, preprocessing } = await openModel(folder, {
    hashes: new HashCache(null),
    placeTowers: () => place,
  });
  const { image: tower, weightsFolder } = checkpoint;
  const session = program((g) => plainForward(g, tower), {
    folder: weightsFolder,
    sessions: place.sessions,
    prepack: true,
  });
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

/** `demanded`: of the usual model on two cores. */
export function indexingRows(figures: IndexingFigures, demanded: boolean): Row[] {
  const { count, bare, pytorch, plain, withContributions, residentQuarter, residentAll } = figures;
  const pipeline = {
    what: `decoding and plain forward pass, ${bare.batch} at a time`,
    measured: rate(bare.rate),
  };
  const besideTheirs = (ours: number, least: number | null) =>
    besidePytorch(
      rate(ours),
      pytorch === null
        ? 'decoding, embeddings and active latents'
        : `decoding (${pytorch.ahead} threads ahead), embeddings and active latents, ${pytorch.batch} at a time`,
      pytorch === null ? null : rate(pytorch.rate),
      least === null ? null : atLeast(least),
    );
  return [
    {
      ...rowBeside(`indexing ${count} images`, rate(plain), pipeline, demanded ? atLeast(0.85) : null),
      pytorch: [besideTheirs(plain, demanded ? 1.6 : null)],
    },
    {
      ...rowBeside('the same with contributions', rate(withContributions), pipeline),
      pytorch: [besideTheirs(withContributions, null)],
    },
    residentAll === null || residentQuarter === null
      ? row('engine: resident after all images', null)
      : rowBeside('engine: resident after all images', bytes(residentAll), {
          what: 'after a quarter',
          measured: bytes(residentQuarter),
        }),
  ];
}
