import type { JobContext } from '../../shared/rpc/protocol';
import { type ScoreDirection, scoreGradient } from '../attribution/score';
import type { ActivationChunk, Library } from '../library/library';
import { dot } from '../numeric/vector';
import { referenceSamples } from '../semantics/referenceSamples';
import { rowOf } from '../semantics/rows';
import type { ComponentTable } from './componentTable';
import { pauser } from './pause';
import type { InTurn, Subject } from './subject';

/** Pictures whose attributions are computed through the model, at most, where no contributions are kept. */
const COMPUTED = 64;
/** Of them, those of one turn. */
const PER_TURN = 4;
/** Embeddings read at a time: 64 MB of the usual width. */
const BLOCK = 32_768;

export interface Relevances {
  /** Attribution of the component in each picture that was looked at, in units of y. */
  readonly byPicture: ReadonlyMap<number, number>;
  /** Whether that is all in which it fires. */
  readonly all: boolean;
  readonly notes: readonly string[];
}

/**
 * Attributions of one component for a direction, A = ⟨d_j, ∂y/∂e⟩ (docs/method.md): exact where the contribution vectors
 * are kept, and by running the model on the others with the highest activations.
 */
export async function relevances(
  component: number,
  firing: ActivationChunk,
  direction: ScoreDirection,
  library: Library,
  subject: Subject,
  { pictures }: Pick<ComponentTable, 'pictures'>,
  inTurn: InTurn,
  job: JobContext,
): Promise<Relevances> {
  const kept = await fromContributions(component, direction, library, subject, pictures, job);
  // A component can be active below 0, which is no firing.
  const fires = new Set(firing.pictures);
  const byPicture = new Map([...kept].filter(([picture]) => fires.has(picture)));
  const others = [...firing.pictures.keys()].filter((i) => !byPicture.has(firing.pictures[i]!));
  const chosen = referenceSamples(
    Int32Array.from(others, (i) => firing.pictures[i]!),
    Float32Array.from(others, (i) => firing.max[i]!),
    COMPUTED,
  );
  let unread = 0;
  for (let start = 0; start < chosen.images.length; start += PER_TURN) {
    job.progress({ stage: 'Attributing pictures', done: start, total: chosen.images.length });
    const some = chosen.images.subarray(start, start + PER_TURN);
    const images = Array.from(some, (i) => ({ kind: 'file', path: pictures.paths[i]! }) as const);
    await inTurn(job, async ({ study }) => {
      let at = start;
      for await (const outcome of study.attribute(images, [direction], [], job)) {
        const picture = chosen.images[at]!;
        const expected = chosen.values[at++]!;
        const found = outcome.kind === 'ready' ? outcome.value : null;
        const index = found?.latents.indexOf(component) ?? -1;
        // A file that now shows another picture gives another activation.
        if (found === null || index === -1 || !isClose(found.activations[index]!, expected)) unread++;
        else byPicture.set(picture, found.directions[0]!.attributions[index]!);
      }
    });
  }
  return {
    byPicture,
    all: byPicture.size === firing.pictures.length,
    notes:
      unread === 0
        ? []
        : [
            `${unread} pictures could not be read again, or changed since they were indexed: they are left out.`,
          ],
  };
}

async function fromContributions(
  component: number,
  direction: ScoreDirection,
  library: Library,
  { study, embedder }: Subject,
  pictures: ComponentTable['pictures'],
  job: JobContext,
): Promise<Map<number, number>> {
  const pause = pauser(job);
  const kept = await library.contributionsOf(study.key, component, pictures);
  const byPicture = new Map<number, number>();
  for (let start = 0; start < kept.pictures.length; start += BLOCK) {
    const some = kept.pictures.subarray(start, start + BLOCK);
    const { rows, present } = await library.embeddings(
      embedder,
      Array.from(some, (picture) => pictures.sha256[picture]!),
    );
    some.forEach((picture, i) => {
      if (present[i] === 0) return;
      const gradient = scoreGradient(rowOf(rows, i), direction);
      byPicture.set(picture, dot(rowOf(kept.contributions, start + i), gradient));
    });
    await pause();
  }
  return byPicture;
}

/** The same number, computed in another batch. */
function isClose(a: number, b: number): boolean {
  return Math.abs(a - b) <= 1e-3 * Math.max(Math.abs(a), Math.abs(b));
}
