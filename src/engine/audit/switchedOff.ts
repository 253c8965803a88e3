import type { JobContext } from '../../shared/rpc/protocol';
import type { KeptImage } from '../attribution/attribute';
import type { HookPrograms } from '../attribution/hookPrograms';
import { pauser } from '../components/pause';
import { rereadPictures } from '../components/rereading';
import type { InTurn, Subject } from '../components/subject';
import type { Library, LibraryFile, Pictures } from '../library/library';
import { keepResults, memoName } from '../library/memo';
import { rowOf } from '../semantics/rows';

/** Results asked for at a time: 16 MB of the usual width. */
const ASKED = 8192;

/** What was found of a picture with one component off. */
export interface SwitchedOff {
  /** Its number among the pictures. */
  readonly picture: number;
  readonly component: number;
  /** Raw embedding in the library, and of the model without the component. */
  readonly before: Float32Array;
  readonly after: Float32Array;
}

export interface SwitchingOff {
  readonly library: Library;
  readonly subject: Subject;
  readonly inTurn: InTurn;
  readonly pictures: Pictures;
  take(found: SwitchedOff): void;
}

/** Pictures that were left out, by why. */
export interface LeftOut {
  /** Could not be read again, or have changed since they were indexed. */
  readonly unread: number;
  /** Came out with another embedding than the one that was stored. */
  readonly different: number;
}

/**
 * Raw embeddings of pictures with single components switched off (x − z_j·W_dec[j], `varyProgram`). A picture is read once
 * and passes the trunk once, whatever the number of components. What the library has kept of it is not computed again.
 *
 * What is kept is the change of the embedding, of two rows of one run: its rounding is that of the change, not of the
 * embedding. It is added to the stored one.
 * @param wanted components by the number of the picture; those without a stored embedding are passed over
 */
export async function switchedOff(
  wanted: ReadonlyMap<number, readonly number[]>,
  { library, subject, inTurn, pictures, take }: SwitchingOff,
  job: JobContext,
): Promise<LeftOut> {
  const name = (picture: number, component: number): string =>
    changeName(subject.study.key, pictures.sha256[picture]!, component);
  const missing = new Map<number, readonly number[]>();
  const pause = pauser(job);
  for (const some of blocks(wanted)) {
    const { rows, present } = await library.embeddings(
      subject.embedder,
      some.map(([picture]) => pictures.sha256[picture]!),
    );
    const embedded = some.filter((_, i) => present[i] === 1);
    const kept = await library.kept(
      embedded.flatMap(([picture, components]) => components.map((component) => name(picture, component))),
    );
    for (const [i, [picture, components]] of some.entries()) {
      await pause();
      if (present[i] === 0) continue;
      const before = rowOf(rows, i);
      const lacking = components.filter((component) => {
        const change = kept.get(name(picture, component));
        if (change?.byteLength !== before.byteLength) return true;
        take({ picture, component, before, after: sum(before, new Float32Array(change.slice().buffer)) });
        return false;
      });
      if (lacking.length > 0) missing.set(picture, lacking);
    }
  }
  const counts = await rereadPictures(
    await filesOf(missing.keys(), library, pictures),
    {
      ...{ library, subject, inTurn, pictures, stage: 'Confirming' },
      async compute(images, numbers, { programs }, between) {
        const found = [];
        for (const [i, image] of images.entries()) {
          const components = missing.get(numbers[i]!)!;
          found.push({ components, ...(await changesWithout(image, components, programs, between)) });
        }
        return found;
      },
      async take(found) {
        const results = new Map<string, Uint8Array>();
        for (const { picture, found: one, stored } of found) {
          one.components.forEach((component, i) => {
            const change = one.changes[i]!;
            results.set(name(picture, component), bytesOf(change));
            take({ picture, component, before: stored, after: sum(stored, change) });
          });
        }
        await keepResults(library, results);
      },
    },
    job,
  );
  const { added, different, unembedded } = counts;
  return { unread: missing.size - added - different - unembedded, different };
}

/** Under which the library keeps the change of a picture's embedding. */
export function changeName(study: string, sha256: string, component: number): string {
  return memoName('embedding change without a component', study, sha256, component);
}

/** Of an image its raw embedding e, and by how much e changes without each of the components. */
async function changesWithout(
  image: KeptImage,
  components: readonly number[],
  programs: Pick<HookPrograms, 'vary' | 'embed'>,
  between: () => Promise<void>,
): Promise<{ readonly embedding: Float32Array; readonly changes: readonly Float32Array[] }> {
  const count = image.components.length;
  const places = components.map((component) => image.components.indexOf(component));
  // What was active by a hair may be silent in another batch: switching it off then does nothing.
  const active = places.filter((place) => place >= 0);
  if (active.length === 0) {
    const [embedding] = await programs.embed([image.x]);
    return { embedding: embedding!, changes: components.map(() => new Float32Array(embedding!.length)) };
  }
  const factors = new Float32Array((1 + active.length) * count).fill(1);
  active.forEach((place, row) => {
    factors[(1 + row) * count + place] = 0;
  });
  const [embedding, ...without] = await programs.vary(image, factors, between);
  let row = 0;
  return {
    embedding: embedding!,
    changes: places.map((place) => {
      if (place < 0) return new Float32Array(embedding!.length);
      const after = without[row++]!;
      return after.map((e, d) => e - embedding![d]!);
    }),
  };
}

/** Some pictures at a time, with no more than `ASKED` components together unless one has more. */
function* blocks(
  wanted: ReadonlyMap<number, readonly number[]>,
): Generator<readonly (readonly [picture: number, components: readonly number[]])[]> {
  let some: (readonly [number, readonly number[]])[] = [];
  let size = 0;
  for (const one of wanted) {
    if (size > 0 && size + one[1].length > ASKED) {
      yield some;
      some = [];
      size = 0;
    }
    some.push(one);
    size += one[1].length;
  }
  if (some.length > 0) yield some;
}

/** A file for each of the pictures that has one, by number. */
async function filesOf(
  numbers: Iterable<number>,
  library: Library,
  { sha256 }: Pictures,
): Promise<ReadonlyMap<number, LibraryFile>> {
  const bySha = new Map(Array.from(numbers, (picture) => [sha256[picture]!, picture]));
  const files = new Map<number, LibraryFile>();
  if (bySha.size === 0) return files;
  for (const file of await library.filesOf([...bySha.keys()])) {
    const picture = bySha.get(file.sha256 ?? '');
    if (picture !== undefined && file.failure === null && !files.has(picture)) files.set(picture, file);
  }
  return files;
}

function sum(a: Float32Array, b: Float32Array): Float32Array {
  return a.map((x, i) => x + b[i]!);
}

function bytesOf(numbers: Float32Array): Uint8Array {
  return new Uint8Array(numbers.buffer, numbers.byteOffset, numbers.byteLength);
}
