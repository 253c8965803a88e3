import * as path from 'node:path';
import { ClipsightError } from '../../shared/errors';
import type { Reconstruction, SelfTest } from '../../shared/selfTest';
import { evenly } from '../numeric/evenly';
import { concat } from '../numeric/vector';
import { program } from '../runtime/program';
import { float32, floats } from '../runtime/session';
import { reconstructionProgram } from './encoder';
import { type DictionaryRecord, type Reading, readings, resolve } from './record';

/**
 * What a dictionary has to reach. A fraction of variance unexplained of 1 is what the mean of all activations gives:
 * published dictionaries of CLIP reach 0.02 to 0.2, those of other models, blocks or scales 0.9 and far more. Half
 * leaves room for other pictures than it was trained on. One that was trained on direction alone has to come
 * nearer to each activation than 45°, and nearer than their mean does.
 */
const mostFvu = 0.5;
const leastCosine = 0.7;

/** Of the squared length of activations; less than this is rounding. */
const leastVariance = 1e-10;

/** Multiply-adds that a reading may take: about half a second on two cores. */
const mostWork = 2e10;
const [fewestVectors, mostVectors] = [64, 1024];

/** Pre-activations and codes are dense: so many of them at once, 32 MB each. */
const mostAtOnce = 8 * 1024 * 1024;

export interface SelfTestOptions {
  /** Pictures that the activations are of. */
  readonly images: number;
  readonly threads?: number | undefined;
}

/**
 * How well a dictionary reconstructs `activations`, [vectors, width], which its model computes at its hook. Of more
 * than 1024 (of very large dictionaries fewer) an even selection is tested. Where its files leave open whether b_dec
 * is taken off, both readings are tried and the better one is taken; where W_enc is square and does not reconstruct,
 * its transpose is tried as well. `resolve(record, test.taken)` reads the dictionary so.
 *
 * @throws ClipsightError `dictionary` for less than two different activations, or numbers that are not finite.
 */
export async function selfTest(
  record: DictionaryRecord,
  activations: Float32Array,
  { images, threads }: SelfTestOptions,
): Promise<SelfTest> {
  const x = tested(activations, record);
  const judgedBy = record.directionOnly ? 'cosine' : 'fvu';
  const [declared, swapped] = [false, true].map((transposed) =>
    readings(record).filter((reading) => reading.transposed === transposed),
  );
  const measureAll = async (some: readonly Reading[]): Promise<Measured[]> => {
    const measured: Measured[] = [];
    for (const reading of some) {
      measured.push(await measure(resolve(record, reading), reading, x, threads));
    }
    return measured.toSorted((a, b) =>
      judgedBy === 'fvu' ? a.result.fvu - b.result.fvu : b.result.cosine - a.result.cosine,
    );
  };
  const asDeclared = await measureAll(declared!);
  const others = isGood(asDeclared[0]!, judgedBy) ? [] : await measureAll(swapped!);
  // Its format says how W_enc lies: only what reconstructs where that does not is a reason to read it otherwise.
  const isSwapped = others[0] !== undefined && isGood(others[0], judgedBy);
  const [best, ...rest] = isSwapped ? [...others, ...asDeclared] : [...asDeclared, ...others];
  const good = isGood(best!, judgedBy);
  const vectors = x.length / record.width;
  return {
    images,
    vectors,
    taken: best!.result,
    others: rest.map(({ result }) => result),
    judgedBy,
    verdict: good ? 'good' : 'poor',
    notes: notesOf(record, best!, rest, { images, vectors, good }),
  };
}

function isGood({ result, cosineOfMean }: Measured, judgedBy: SelfTest['judgedBy']): boolean {
  switch (judgedBy) {
    case 'fvu':
      return result.fvu < mostFvu;
    case 'cosine':
      return result.cosine > leastCosine && result.cosine > cosineOfMean;
  }
}

interface Measured {
  readonly result: Reconstruction;
  /** What x̂ has to be multiplied by to fit best. */
  readonly scale: number;
  /** Mean cosine of x and the mean of all x: what a dictionary reaches that knows nothing of an activation. */
  readonly cosineOfMean: number;
}

function vectorsFor({ width, size }: DictionaryRecord): number {
  return Math.min(mostVectors, Math.max(fewestVectors, Math.floor(mostWork / (2 * width * size))));
}

/** The rows that are tested. */
function tested(activations: Float32Array, record: DictionaryRecord): Float32Array {
  const { width } = record;
  const rows = Array.from({ length: Math.floor(activations.length / width) }, (_, row) =>
    activations.subarray(row * width, (row + 1) * width),
  );
  return concat(evenly(rows, vectorsFor(record)));
}

async function measure(
  record: DictionaryRecord,
  reading: Reading,
  x: Float32Array,
  threads: number | undefined,
): Promise<Measured> {
  const { width, size } = record;
  const count = x.length / width;
  const reconstruct = program((g) => reconstructionProgram(g, record), {
    folder: path.dirname(record.weightsFile),
    threads,
    prepack: false,
  });
  const mean = meanOf(x, width);
  const fired = new Uint8Array(size);
  const sums = { error: 0, variance: 0, xy: 0, yy: 0, xx: 0, cosine: 0, cosineOfMean: 0, l0: 0 };
  try {
    const perRun = Math.max(1, Math.floor(mostAtOnce / size));
    for (let start = 0; start < count; start += perRun) {
      const end = Math.min(count, start + perRun);
      const rows = x.subarray(start * width, end * width);
      const out = await reconstruct.run({ x: float32(rows, [end - start, width]) });
      add(sums, rows, floats(out, 'reconstruction'), mean);
      for (const active of floats(out, 'l0')) sums.l0 += active;
      floats(out, 'fired').forEach((active, latent) => {
        if (active > 0) fired[latent] = 1;
      });
    }
  } finally {
    await reconstruct.release();
  }
  const { error, variance, xy, yy, xx } = sums;
  if (!Number.isFinite(error + yy + xx + variance))
    throw untestable(record, 'gives numbers that are not finite');
  if (!(variance > leastVariance * xx)) {
    throw untestable(record, 'cannot be tested on activations that are all the same');
  }
  const scale = yy > 0 ? xy / yy : 0;
  return {
    result: {
      ...reading,
      fvu: error / variance,
      scaledFvu: (xx - scale * xy) / variance,
      cosine: sums.cosine / count,
      l0: sums.l0 / count,
      dead: 1 - fired.reduce((total, one) => total + one, 0) / size,
    },
    scale,
    cosineOfMean: sums.cosineOfMean / count,
  };
}

function untestable({ id }: DictionaryRecord, what: string): ClipsightError {
  return new ClipsightError(
    'dictionary',
    `${id} ${what}.`,
    'Check that it belongs to this model and layer, that its file is whole, and that the pictures differ.',
  );
}

function meanOf(x: Float32Array, width: number): Float64Array {
  const mean = new Float64Array(width);
  const count = x.length / width;
  for (let at = 0; at < x.length; at++) mean[at % width]! += x[at]! / count;
  return mean;
}

function add(
  sums: {
    error: number;
    variance: number;
    xy: number;
    yy: number;
    xx: number;
    cosine: number;
    cosineOfMean: number;
  },
  x: Float32Array,
  y: Float32Array,
  mean: Float64Array,
): void {
  const width = mean.length;
  const mm = mean.reduce((sum, value) => sum + value * value, 0);
  for (let row = 0; row < x.length; row += width) {
    let [xx, yy, xy, xm, error, variance] = [0, 0, 0, 0, 0, 0];
    for (let i = 0; i < width; i++) {
      const [a, b, m] = [x[row + i]!, y[row + i]!, mean[i]!];
      xx += a * a;
      yy += b * b;
      xy += a * b;
      xm += a * m;
      error += (a - b) ** 2;
      variance += (a - m) ** 2;
    }
    sums.xx += xx;
    sums.yy += yy;
    sums.xy += xy;
    sums.error += error;
    sums.variance += variance;
    sums.cosine += xx > 0 && yy > 0 ? xy / Math.sqrt(xx * yy) : 0;
    sums.cosineOfMean += xx > 0 && mm > 0 ? xm / Math.sqrt(xx * mm) : 0;
  }
}

function notesOf(
  record: DictionaryRecord,
  { result, scale, cosineOfMean }: Measured,
  others: readonly Measured[],
  { images, vectors, good }: { readonly images: number; readonly vectors: number; readonly good: boolean },
): string[] {
  const tested = `${vectors} activations of ${images} ${images === 1 ? 'picture' : 'pictures'}`;
  const measured = record.directionOnly
    ? `On ${tested} the reconstructions have a mean cosine of ${result.cosine.toFixed(3)} with the activations; the mean of all activations reaches ${cosineOfMean.toFixed(3)}.`
    : `On ${tested} the dictionary leaves ${percent(result.fvu)} of the variance unexplained (FVU ${result.fvu.toPrecision(3)}).`;
  const rescaled =
    !record.directionOnly &&
    result.fvu > 2 * result.scaledFvu &&
    result.fvu > 0.1 &&
    result.scaledFvu < mostFvu
      ? [
          `Times ${scale.toPrecision(3)}, its reconstructions would leave ${percent(result.scaledFvu)} unexplained: its activations may have been scaled in training, which its files do not say.`,
        ]
      : [];
  const failed = good
    ? []
    : [
        `It does not reconstruct what this model computes here (${record.directionOnly ? `cosine above ${leastCosine} and above that of the mean` : `at most ${percent(mostFvu)}`} is expected): it may be of another model, layer or choice of tokens.`,
      ];
  return [measured, ...rescaled, ...failed, ...decided(record, result, others)];
}

/** What the files left open, and how it was read. */
function decided(record: DictionaryRecord, taken: Reconstruction, others: readonly Measured[]): string[] {
  const other = others.find(
    ({ result }) =>
      result.transposed === taken.transposed && result.subtractsDecoderBias !== taken.subtractsDecoderBias,
  )?.result;
  const measured = ({ fvu, cosine }: Reconstruction) =>
    record.directionOnly ? `a cosine of ${cosine.toFixed(3)}` : `${percent(fvu)} unexplained`;
  return [
    ...(other === undefined
      ? []
      : [
          `The files do not say whether b_dec is taken off the input: it is${taken.subtractsDecoderBias ? '' : ' not'}, which leaves ${measured(taken)}, the other way ${measured(other)}.`,
        ]),
    ...(taken.transposed
      ? ['Its encoder is read as the transpose of what its format says, because only so does it reconstruct.']
      : []),
  ];
}

function percent(share: number): string {
  return share < 10 ? `${(100 * share).toFixed(1)} %` : `${share.toPrecision(3)} times`;
}
