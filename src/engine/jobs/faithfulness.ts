import { ClipsightError, type ErrorInfo, fromErrorInfo } from '../../shared/errors';
import { imageName } from '../../shared/image';
import type { Faithfulness, FaithfulnessRequest } from '../../shared/measurement';
import type { JobContext } from '../../shared/rpc/protocol';
import type { KeptImage } from '../attribution/attribute';
import { type Followed, followOrders } from '../attribution/faithfulness';
import { faithfulnessTally } from '../attribution/faithfulnessTally';
import { globalOrder } from '../attribution/globalOrder';
import { descending } from '../attribution/ordering';
import { type RankedImage, rankImage } from '../attribution/rankedImage';
import type { ScoreDirection } from '../attribution/score';
import { livelyJob } from '../job';
import type { Study } from '../study';
import type { JobServices } from './jobServices';
import { nameOf } from './measurementJobs';
import { demandSame, turnMs } from './turns';

type Services = Pick<JobServices, 'inTurn' | 'studyFor' | 'demandUnchanged'>;

/** Deletion and insertion of pairs of images and directions (`faithfulness` of the protocol). */
export async function measureFaithfulness(
  request: FaithfulnessRequest,
  services: Services,
  job: JobContext,
): Promise<Faithfulness> {
  demandPairs(request);
  const { methods, steps } = request;
  const opened = await services.inTurn(async () => {
    const { info, resolve } = await services.studyFor(request.study, job);
    return { info, ...(await resolve(request.directions, job)) };
  });
  const images = imagesAsked(request);
  const failures = new Map<number, ErrorInfo>();
  const measuringNotes = new Set<string>();
  const tally = faithfulnessTally(methods, steps);
  const total = (request.order === 'global' ? 2 : 1) * request.pairs.length;
  let done = 0;
  const now = () => ({ stage: 'Measuring faithfulness', done, total });
  // Early blocks have images that take minutes.
  const { between, progress } = livelyJob(job, now());
  const report = () => progress(now());

  /** Works on each image that can be read, in turn with other jobs. */
  const eachImage = async (
    work: (
      asked: AskedImage,
      image: KeptImage,
      study: Study,
      directions: readonly ScoreDirection[],
    ) => Promise<void>,
  ): Promise<void> => {
    report();
    const left = images.filter(({ index }) => !failures.has(index));
    for (let size = 1; left.length > 0; ) {
      const group = left.splice(0, size);
      size = await services.inTurn(async () => {
        const started = performance.now();
        const study = await services.studyFor(request.study, job);
        demandSame(study, opened.info.key);
        const next = group.values();
        const sources = group.map(({ index }) => request.images[index]!);
        for await (const outcome of study.observe(sources, job)) {
          const asked = next.next().value!;
          if (outcome.kind === 'failure') failures.set(asked.index, outcome.error);
          else {
            const directions = asked.directions.map((direction) => opened.directions[direction]!);
            await work(asked, outcome.value, study, directions);
          }
          done += asked.directions.length;
          report();
        }
        // Weights are read where they lie: a file rewritten meanwhile may have given wrong numbers.
        await services.demandUnchanged();
        return groupSize((performance.now() - started) / group.length);
      });
    }
  };

  const rank = async (
    { index, directions: asked }: AskedImage,
    image: KeptImage,
    directions: readonly ScoreDirection[],
    { programs }: Study,
  ) => {
    const name = imageName(request.images[index]!);
    const ranked = await rankImage(image, directions, methods, programs, {
      between,
      nameOf: (d) => `${nameOf(request.directions[asked[d]!]!)} in ${name}`,
    });
    for (const note of ranked.notes) measuringNotes.add(note);
    return ranked.directions;
  };
  const follow = async (
    { index }: AskedImage,
    image: KeptImage,
    { programs }: Study,
    asked: readonly Followed[],
    ranked: readonly Pick<RankedImage['directions'][number], 'rankCorrelations'>[],
  ) => {
    const curves = await followOrders(image, asked, steps, programs, between);
    curves.forEach((ofMethods, i) => {
      tally.add({ image: index, curves: ofMethods, rankCorrelations: ranked[i]!.rankCorrelations });
    });
  };

  switch (request.order) {
    case 'local':
      await eachImage(async (asked, image, study, directions) => {
        const ranked = await rank(asked, image, directions, study);
        const orders = ranked.map(({ values }) => values.map(descending));
        const followed = directions.map((direction, i) => ({ direction, orders: orders[i]! }));
        await follow(asked, image, study, followed, ranked);
      });
      break;
    case 'global': {
      const global = globalOrder(methods);
      const rankedOf = new Map<
        number,
        readonly Pick<RankedImage['directions'][number], 'rankCorrelations'>[]
      >();
      await eachImage(async (asked, image, study, directions) => {
        const ranked = await rank(asked, image, directions, study);
        rankedOf.set(
          asked.index,
          ranked.map(({ rankCorrelations }) => ({ rankCorrelations })),
        );
        ranked.forEach(({ values }, i) => {
          global.add(asked.directions[i]!, image.components, values);
        });
      });
      await eachImage(async (asked, image, study, directions) => {
        const followed = directions.map((direction, i) => ({
          direction,
          orders: global.values(asked.directions[i]!, image.components).map(descending),
        }));
        await follow(asked, image, study, followed, rankedOf.get(asked.index)!);
      });
      break;
    }
  }
  const failed = [...failures].map(([image, error]) => ({ image, error })).sort((a, b) => a.image - b.image);
  if (failed.length === images.length) throw fromErrorInfo(failed[0]!.error);
  return {
    study: opened.info,
    ...(await tally.result(between)),
    failures: failed,
    notes: [...opened.notes, ...fewNotes([...measuringNotes])],
  };
}

interface AskedImage {
  /** Among those of the request. */
  readonly index: number;
  /** Among those of the request. */
  readonly directions: readonly number[];
}

/** Images that a pair names, with the directions that they are paired with, each once. */
function imagesAsked({ pairs }: FaithfulnessRequest): readonly AskedImage[] {
  const directions = new Map<number, Set<number>>();
  for (const { image, direction } of pairs) {
    const known = directions.get(image) ?? new Set();
    directions.set(image, known.add(direction));
  }
  return [...directions].map(([index, of]) => ({ index, directions: [...of] }));
}

const notesShown = 5;

/** Of many that say the same of one image after another, the first. */
function fewNotes(notes: readonly string[]): readonly string[] {
  const more = notes.length - notesShown;
  return more > 0 ? [...notes.slice(0, notesShown), `And ${more} more notes like these.`] : notes;
}

/** One image is never divided. */
const mostInTurn = 32;

function groupSize(msPerImage: number): number {
  return Math.max(1, Math.min(mostInTurn, Math.floor(turnMs / msPerImage)));
}

function demandPairs({ pairs, images, directions }: FaithfulnessRequest): void {
  const lost = pairs.find(({ image, direction }) => image >= images.length || direction >= directions.length);
  if (lost === undefined) return;
  throw new ClipsightError(
    'configuration',
    `A pair names image ${lost.image} and direction ${lost.direction}; there are ${images.length} and ${directions.length}.`,
    'Count them from 0.',
  );
}
