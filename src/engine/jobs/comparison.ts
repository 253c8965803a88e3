import type { ImageAnalysis } from '../../shared/analysis';
import type { Comparison, ComparisonRequest } from '../../shared/comparison';
import { ClipsightError, type ErrorInfo, fromErrorInfo } from '../../shared/errors';
import { type ImageSource, imageName } from '../../shared/image';
import type { JobContext } from '../../shared/rpc/protocol';
import {
  type AttributionSums,
  attributionSums,
  largestMagnitudes,
  type SummingOptions,
} from '../attribution/attributionSums';
import { imageKey } from '../attribution/keptImages';
import { scoreAll } from '../attribution/score';
import { livelyJob } from '../job';
import { type Outcome, outcomeOf } from '../outcome';
import { demandWords, type Study } from '../study';
import type { JobServices } from './jobServices';
import { nothingRead, reading } from './reading';
import { inTurns, type Step, turnMs } from './turns';

/** Images of one step. */
const mostInStep = 32;
/** Directions of one pass over the images: what a run gives for them has to fit in memory. */
const directionsInPass = 4096;

/** How directions are added up; left out but by tests. */
export type ComparisonOptions = Pick<SummingOptions, 'capacity'>;

/** `compare` of the protocol. Throws ClipsightError `prompt`, and what the first image has where all of them fail. */
export async function compareDirections(
  request: ComparisonRequest,
  services: Pick<JobServices, 'inTurn' | 'studyFor' | 'demandUnchanged'>,
  job: JobContext,
  options: ComparisonOptions = {},
): Promise<Comparison> {
  const { images, directions: asked, most } = request;
  demandWords(asked);
  const read = nothingRead();
  const { directions, readings } = read;
  const lively = livelyJob(job, { stage: 'Reading prompts', done: 0, total: asked.length });
  const { between, progress } = lively;

  const failures: (ErrorInfo | null)[] = images.map(() => null);
  /** y of each direction, one list per image; empty of those that were not scored. */
  const scores: Float32Array[] = images.map(() => new Float32Array(0));
  const activations = new Map<number, number>();
  let passes = 0;

  /** What `look` finds in each of the images that can be read, several in a step where that is quick. */
  function* eachImage<T>(
    look: (study: Study, sources: readonly ImageSource[]) => AsyncGenerator<Outcome<T>>,
    use: (index: number, found: T) => void,
  ): Generator<Step> {
    const left = [...images.keys()].filter((index) => failures[index] === null);
    const total = left.length;
    for (let size = 1; left.length > 0; ) {
      const group = left.splice(0, size);
      yield async (study) => {
        const started = performance.now();
        const next = group.values();
        progress({ stage: 'Comparing images', done: total - left.length - group.length, total });
        const sources = group.map((index) => images[index]!);
        for await (const outcome of look(study, sources)) {
          const index = next.next().value!;
          if (outcome.kind === 'ready') use(index, outcome.value);
          else if (passes > 0) throw changed(images[index]!);
          else failures[index] = outcome.error;
        }
        const each = (performance.now() - started) / group.length;
        size = Math.max(1, Math.min(mostInStep, Math.floor(turnMs / each)));
      };
    }
    passes += 1;
    const first = failures[0]!;
    if (failures.every((failure) => failure !== null)) throw fromErrorInfo(first);
  }

  const scoring = () =>
    eachImage(
      (study, sources) => study.embed(sources, job),
      (index, e) => {
        scores[index] = Float32Array.from(scoreAll(e, directions));
      },
    );

  /** Adds attributions up for the directions from `start` on, as far as it gets. */
  function* summing(
    start: number,
    sums: AttributionSums,
    use: (index: number, found: ImageAnalysis) => void,
  ) {
    const block = directions.slice(start, start + sums.directions);
    yield* eachImage(
      (study, sources) => study.attribute(sources, block, [], job, between),
      (index, analysis) => {
        sums.add(
          analysis.latents,
          analysis.directions.map(({ attributions }) => attributions),
        );
        use(index, analysis);
      },
    );
  }

  const sumsFrom = (start: number, inPass: number, only?: ReadonlySet<number>): AttributionSums =>
    attributionSums(Math.min(inPass, asked.length - start), {
      ...options,
      ...(only === undefined ? {} : { only }),
    });

  const chosen = new Set<number>();
  const totals = new Float32Array(asked.length);
  /** Σ A over the images, [directions, chosen components]; known once all are chosen. */
  let rows: { readonly components: readonly number[]; readonly sums: Float64Array }[] = [];

  function* attributing(): Generator<Step> {
    for (let [start, inPass] = [0, directionsInPass]; start < asked.length; ) {
      const sums = sumsFrom(start, inPass);
      const isFirst = start === 0;
      yield* summing(start, sums, (index, { latents, activations: peaks, directions: results }) => {
        if (isFirst) {
          scores[index] = new Float32Array(asked.length);
          latents.forEach((component, i) => {
            activations.set(component, (activations.get(component) ?? 0) + peaks[i]!);
          });
        }
        scores[index]!.set(
          results.map(({ similarity }) => similarity),
          start,
        );
      });
      for (let d = 0; d < sums.directions; d++) {
        for (const place of largestMagnitudes(sums.of(d), sums.components, most)) {
          chosen.add(sums.components[place]!);
        }
        totals[start + d] = sums.total(d) / countOf(failures);
      }
      if (sums.directions === asked.length) rows = rowsOf(sums);
      start += sums.directions;
      inPass = sums.directions;
    }
    // Where one pass was not enough for all directions, what was chosen last is not known of the first ones.
    for (let start = rows.length; start < asked.length; ) {
      const sums = sumsFrom(start, directionsInPass, chosen);
      yield* summing(start, sums, () => undefined);
      const found = rowsOf(sums);
      rows.push(...found);
      start += found.length;
    }
  }

  const keys = await keysOf(images);
  function* steps(): Generator<Step> {
    yield* reading(asked, read, job, lively);
    yield* most === 0 ? scoring() : attributing();
  }
  const study = await inTurns(steps(), request.study, services, job);
  if (passes > 1) await demandSameImages(images, keys);

  const count = countOf(failures);
  const { components, attributions } = matrixOf(rows, chosen, count);
  return {
    study,
    failures,
    similarities: scoredRows(scores, asked.length),
    components,
    attributions,
    activations: Float32Array.from(components, (component) => activations.get(component)! / count),
    totals,
    readings: readings.map((sentences) => [...sentences]),
  };
}

const countOf = (failures: Comparison['failures']): number =>
  failures.filter((failure) => failure === null).length;

function rowsOf(sums: AttributionSums) {
  return Array.from({ length: sums.directions }, (_, d) => ({
    components: sums.components,
    sums: sums.of(d),
  }));
}

/** Means over the images for the chosen components, those with the largest magnitude first. */
function matrixOf(
  rows: readonly { readonly components: readonly number[]; readonly sums: Float64Array }[],
  chosen: ReadonlySet<number>,
  count: number,
): Pick<Comparison, 'components' | 'attributions'> {
  const numbers = [...chosen];
  const places = new Map<readonly number[], Int32Array>();
  const placesIn = (components: readonly number[]): Int32Array => {
    const known = places.get(components);
    if (known !== undefined) return known;
    const column = new Map(components.map((component, i) => [component, i]));
    const found = Int32Array.from(numbers, (component) => column.get(component)!);
    places.set(components, found);
    return found;
  };
  const largest = new Float64Array(numbers.length);
  for (const { components, sums } of rows) {
    const at = placesIn(components);
    for (let c = 0; c < numbers.length; c++) {
      largest[c] = Math.max(largest[c]!, Math.abs(sums[at[c]!]!));
    }
  }
  const order = largestMagnitudes(largest, numbers, numbers.length);
  const attributions = new Float32Array(rows.length * numbers.length);
  for (const [d, { components, sums }] of rows.entries()) {
    const at = placesIn(components);
    for (const [c, column] of order.entries()) {
      attributions[d * numbers.length + c] = sums[at[column]!]! / count;
    }
  }
  return { components: Int32Array.from(order, (column) => numbers[column]!), attributions };
}

/** [images][directions] → [directions, images that were scored]. */
function scoredRows(scores: readonly Float32Array[], directions: number): Float32Array {
  const scored = scores.filter(({ length }) => length > 0);
  const all = new Float32Array(directions * scored.length);
  for (const [i, ofImage] of scored.entries()) {
    for (let d = 0; d < directions; d++) all[d * scored.length + i] = ofImage[d]!;
  }
  return all;
}

/** What each image is now; null where it cannot be had. */
async function keysOf(images: readonly ImageSource[]): Promise<readonly (string | null)[]> {
  const keys = await Promise.all(images.map((source) => outcomeOf(() => imageKey(source))));
  return keys.map((key) => (key.kind === 'ready' ? key.value : null));
}

/** Several passes must have seen the same pictures. Throws ClipsightError `image`. */
async function demandSameImages(
  images: readonly ImageSource[],
  before: readonly (string | null)[],
): Promise<void> {
  const now = await keysOf(images);
  const index = now.findIndex((key, i) => key !== before[i]);
  if (index !== -1) throw changed(images[index]!);
}

function changed(image: ImageSource): ClipsightError {
  return new ClipsightError(
    'image',
    `${imageName(image)} changed while it was compared.`,
    'Run it again when the file is complete.',
  );
}
