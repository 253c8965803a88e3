import { dot, normalise } from '../numeric/vector';
import type { PictureContributions } from './computePictures';
import type { ClassSum, Library } from './library';

/** A class sum that pictures are added to and taken from, in double precision. */
export interface ClassAccumulator {
  readonly classFolder: string;
  has(sha256: string): boolean;
  readonly pictures: ReadonlySet<string>;
  add(sha256: string, of: PictureContributions): void;
  subtract(sha256: string, of: PictureContributions): void;
  sum(): ClassSum;
}

/**
 * What is kept in half precision and taken away leaves a trace of it: where no more than so much of the longest remains,
 * nothing is left that fires.
 */
const keptPrecision = 2e-3;

/** `width`: numbers of an embedding. */
export function classAccumulator(
  classFolder: string,
  width: number,
  start: ClassSum | null,
): ClassAccumulator {
  const pictures = new Set(start?.pictures ?? []);
  const rows = new Map<number, Float64Array>();
  start?.components.forEach((component, i) => {
    rows.set(component, Float64Array.from(start.sums.data.subarray(i * width, (i + 1) * width)));
  });
  /** Length of the longest vector that was taken from a component. */
  const taken = new Map<number, number>();
  const accumulate = ({ components, contributions, embedding }: PictureContributions, sign: 1 | -1) => {
    const length = Math.sqrt(dot(embedding, embedding));
    const v = normalise(embedding);
    components.forEach((component, i) => {
      let row = rows.get(component);
      if (row === undefined) {
        row = new Float64Array(width);
        rows.set(component, row);
      }
      const d = contributions.subarray(i * width, (i + 1) * width);
      const along = dot(v, d);
      let square = 0;
      for (let k = 0; k < width; k++) {
        const c = (d[k]! - v[k]! * along) / length;
        row[k]! += sign * c;
        square += c * c;
      }
      if (sign === -1) taken.set(component, Math.max(taken.get(component) ?? 0, Math.sqrt(square)));
    });
  };
  return {
    classFolder,
    pictures,
    has: (sha256) => pictures.has(sha256),
    add(sha256, of) {
      if (pictures.has(sha256)) return;
      pictures.add(sha256);
      accumulate(of, 1);
    },
    subtract(sha256, of) {
      if (!pictures.delete(sha256)) return;
      accumulate(of, -1);
    },
    sum() {
      const remains = ([component, row]: [number, Float64Array]): boolean =>
        Math.hypot(...row) > keptPrecision * (taken.get(component) ?? -1);
      const left = pictures.size === 0 ? [] : [...rows].filter(remains);
      const components = Int32Array.from(left, ([component]) => component).sort();
      const data = new Float32Array(components.length * width);
      components.forEach((component, i) => {
        data.set(rows.get(component)!, i * width);
      });
      return { classFolder, pictures: [...pictures].toSorted(), components, sums: { data, width } };
    },
  };
}

/** Sums of one class at a time: pictures come class folder by class folder. */
export interface ClassSums {
  add(classFolder: string, sha256: string, of: PictureContributions): Promise<void>;
  /** Begins with this one in place of what the library keeps of its class. */
  replace(accumulator: ClassAccumulator): Promise<void>;
  /** Puts what is in memory into the library. */
  flush(): Promise<void>;
}

/** Pictures after which a sum is put into the library, though its class goes on. */
const flushedAfter = 2000;

export function classSums(
  library: Pick<Library, 'classSum' | 'setClassSum'>,
  study: string,
  width: number,
): ClassSums {
  let current: ClassAccumulator | null = null;
  let added = 0;
  const flush = async (): Promise<void> => {
    if (current === null || added === 0) return;
    added = 0;
    await library.setClassSum(study, current.sum());
  };
  return {
    async add(classFolder, sha256, of) {
      if (current?.classFolder !== classFolder) {
        await flush();
        current = null;
        current = classAccumulator(classFolder, width, await library.classSum(study, classFolder));
      }
      if (current.has(sha256)) return;
      current.add(sha256, of);
      added++;
      if (added >= flushedAfter) await flush();
    },
    async replace(accumulator) {
      await flush();
      current = accumulator;
      added = 1;
    },
    flush,
  };
}
