import type { AttributionResponse, ImageOutcome } from '../../shared/analysis';
import type { Direction } from '../../shared/direction';
import type { EngineProtocol } from '../../shared/engineProtocol';
import { ClipsightError, toErrorInfo } from '../../shared/errors';
import type { ImageSource } from '../../shared/image';
import type { Intervention } from '../../shared/intervention';
import type { Progress, Remote } from '../../shared/rpc/protocol';
import type { StudyRequest } from '../../shared/study';
import type { RunReport } from './panelModel';

/** So few that the first results and the answer to "cancel" come soon, so many that the engine can batch. */
const imagesPerRequest = 8;

export interface RunInput {
  /** Asked for in the run, because a setting that stands in the way is an error of the run. */
  readonly engine: () => Remote<EngineProtocol>;
  /** As above. */
  readonly study: () => Promise<StudyRequest>;
  /** One per image; rejects when the image cannot be read. */
  readonly images: readonly (() => Promise<ImageSource>)[];
  readonly prompts: readonly string[];
  /** What is changed in the model; nothing where it is left out. */
  readonly intervention?: Intervention;
  readonly signal: AbortSignal;
}

/**
 * Computes all images against all prompts, a few images at a time, and reports what is known as it comes. Never
 * rejects: it ends with `finished` or `failed`.
 */
export async function runAttribution(input: RunInput, report: (event: RunReport) => void): Promise<void> {
  try {
    await attributeInGroups(input, report);
    report({ kind: 'finished' });
  } catch (thrown) {
    report({ kind: 'failed', error: toErrorInfo(thrown) });
  }
}

async function attributeInGroups(input: RunInput, report: (event: RunReport) => void): Promise<void> {
  const { images, intervention, signal } = input;
  const study = await input.study();
  const engine = input.engine();
  const directions = input.prompts.map((text): Direction => ({ kind: 'prompt', text }));
  report({ kind: 'engine', engine: await engine.describe({}, { signal }) });

  let key: string | undefined;
  for (let first = 0; first < images.length; first += imagesPerRequest) {
    if (signal.aborted) throw new ClipsightError('cancelled', 'The computation was cancelled.');
    const group = await readAll(images.slice(first, first + imagesPerRequest));
    const onProgress = (progress: Progress) =>
      report({ kind: 'progress', progress: overall(progress, first, group.length, images.length) });
    const response = await attributeReadable(group, (sources) =>
      engine.attribute(
        { study, images: sources, directions, ...(intervention && { intervention }) },
        { signal, onProgress },
      ),
    );
    key ??= response.study.key;
    if (response.study.key !== key) throw modelChanged();
    report({ kind: 'outcomes', first, response });
    report({
      kind: 'progress',
      progress: { stage: 'Attributing', done: first + group.length, total: images.length },
    });
  }
}

/** An image, or the outcome of one that cannot be read. */
type Read = ImageSource | (ImageOutcome & { readonly kind: 'failure' });

function readAll(images: readonly (() => Promise<ImageSource>)[]): Promise<Read[]> {
  const read = async (image: () => Promise<ImageSource>): Promise<Read> => {
    try {
      return await image();
    } catch (thrown) {
      return { kind: 'failure', error: toErrorInfo(thrown) };
    }
  };
  return Promise.all(images.map(read));
}

/** Asks for the images that could be read, and puts the failures of the others back in their places. */
async function attributeReadable(
  group: readonly Read[],
  attribute: (sources: ImageSource[]) => Promise<AttributionResponse>,
): Promise<AttributionResponse> {
  const response = await attribute(group.filter((image) => image.kind !== 'failure'));
  const outcomes = response.images.values();
  return {
    ...response,
    images: group.map((image) => (image.kind === 'failure' ? image : nextOutcome(outcomes))),
  };
}

function nextOutcome(outcomes: Iterator<ImageOutcome>): ImageOutcome {
  const next = outcomes.next();
  if (next.done === true) {
    throw new ClipsightError('protocol', 'The engine answered for fewer images than it was asked about.');
  }
  return next.value;
}

/** The group's progress as a part of all images. */
function overall({ stage, done, total }: Progress, first: number, count: number, all: number): Progress {
  const share = total === 0 ? 0 : Math.min(done / total, 1);
  return { stage, done: first + share * count, total: all };
}

function modelChanged(): ClipsightError {
  return new ClipsightError(
    'checkpoint',
    'The model or dictionary changed on disk while the images were being computed.',
    'Try again to compute all images with the new one.',
  );
}
