import { createHash } from 'node:crypto';
import type { ImageAnalysis } from '../shared/analysis';
import type { Direction } from '../shared/direction';
import { ClipsightError, fromErrorInfo } from '../shared/errors';
import { type ImageSource, imageName } from '../shared/image';
import type { Intervention } from '../shared/intervention';
import type { JobContext } from '../shared/rpc/protocol';
import type { DictionaryInfo, ModelInfo, StudyIdentity, StudyInfo, StudyRequest } from '../shared/study';
import { attribute, embeddingOf, type KeptImage, observe } from './attribution/attribute';
import { isCheapAhead } from './attribution/cost';
import { imagesOf, resolveDirection, textsOf } from './attribution/direction';
import { type EvidencePrograms, openEvidence } from './attribution/evidence';
import type { HookPrograms } from './attribution/hookPrograms';
import { intervene } from './attribution/intervene';
import { imageKey, keptImages } from './attribution/keptImages';
import { type Observer, observeAll } from './attribution/observeAll';
import { openHook } from './attribution/openHook';
import type { ScoreDirection } from './attribution/score';
import type { FileIdentity } from './checkpoint/fileIdentity';
import { prepareImage } from './clip/prepareImage';
import type { TextEmbedding } from './clip/textEncoder';
import { computationVersion } from './computation';
import type { Dictionary } from './dictionary/dictionary';
import { readImage } from './image/source';
import { breather, type LivelyJob } from './job';
import type { Model } from './model';
import { normalise } from './numeric/vector';
import type { Outcome } from './outcome';
import type { ModelSessions } from './runtime/sessions';
import { openTestedDictionary, type TestedDictionaryOptions } from './testedDictionary';

/** A model with a dictionary hooked into it, and what images gave so far. */
export interface Study {
  /** As it is when it is looked at: what gives results may change while it is open. */
  readonly info: StudyInfo;
  readonly identity: StudyIdentity;
  readonly model: Model;
  readonly dictionary: Dictionary;
  /** The image tower, cut where the dictionary is hooked. */
  readonly programs: HookPrograms;
  /** The same for work in the background. */
  readonly background: HookPrograms;
  /** Files of the dictionary whose change makes it out of date. */
  readonly watched: readonly FileIdentity[];
  /**
   * Directions as vectors, and what a person should know of them. `between` is as of `attribute`. Throws ClipsightError
   * `prompt`, `image` or `probe`.
   */
  resolve(
    directions: readonly Direction[],
    job: Pick<JobContext, 'signal'>,
    between?: LivelyJob['between'],
  ): Promise<ResolvedDirections>;
  /** What fires in images: one outcome per image, in order, as they come. */
  observe(
    images: readonly ImageSource[],
    job: Pick<JobContext, 'signal'>,
  ): AsyncGenerator<Outcome<KeptImage>>;
  /** Raw embeddings e, [embedding]: one outcome per image, in order, as they come. */
  embed(
    images: readonly ImageSource[],
    job: Pick<JobContext, 'signal'>,
  ): AsyncGenerator<Outcome<Float32Array>>;
  /**
   * One outcome per image, in order, as they come. `between` is called between runs of the runtime, if a breath is not
   * enough.
   */
  attribute(
    images: readonly ImageSource[],
    directions: readonly ScoreDirection[],
    intervention: Intervention,
    job: Pick<JobContext, 'signal'>,
    between?: LivelyJob['between'],
  ): AsyncGenerator<Outcome<ImageAnalysis>>;
  /**
   * What makes the next directions of the images that were attributed last a product, where that costs little: for when
   * nobody waits.
   */
  prepareFurther(job: Pick<JobContext, 'signal'>): Promise<void>;
  /** An image that was observed, as the model with an intervention has it. Throws ClipsightError `dictionary`. */
  intervene(image: KeptImage, intervention: Intervention): KeptImage;
  /** An image that is kept, or observed now, with the pixels that it was computed from. Throws ClipsightError `image`. */
  look(source: ImageSource): Promise<ObservedPixels>;
  /** Passes back through the trunk, to the patches. */
  readonly evidence: EvidencePrograms;
  release(): Promise<void>;
}

export interface ObservedPixels {
  readonly image: KeptImage;
  /** [3, size, size], normalised. */
  readonly pixels: Float32Array;
}

export interface ResolvedDirections {
  readonly directions: readonly ScoreDirection[];
  /** One per direction: what a person should know of how its texts were read, in sentences. */
  readonly readings: readonly (readonly string[])[];
  /** All of them, each once. */
  readonly notes: readonly string[];
}

export interface OpenStudyOptions extends TestedDictionaryOptions {
  /** What is to be known of where model and dictionary came from, in sentences. */
  readonly notes: readonly string[];
}

/** Images whose next directions are prepared for. */
const mostAhead = 4;

export async function openStudy(
  request: StudyRequest,
  model: Model,
  options: OpenStudyOptions,
): Promise<Study> {
  const { checkpoint, preprocessing } = model;
  const { dictionary, programs, selfTest } = await openTestedDictionary(request, model, options);
  const { sessions, background: others } = model.place;
  const background = others === sessions ? programs : openHook(checkpoint, dictionary, { sessions: others });
  const evidence = openEvidence(
    checkpoint,
    { ...dictionary, span: programs.span },
    { sessions: model.sessions },
  );
  const kept = keptImages();
  /** Images that were attributed and may be asked again. */
  const asking = new Set<string>();
  const observer: Observer = {
    kept,
    async prepare(source, ofMany) {
      // Starting a thread takes longer than one picture does.
      if (!ofMany) return prepareImage(source, preprocessing);
      const [prepared] = await model.prepare(await readImage(source), imageName(source), [preprocessing]);
      return prepared!;
    },
    observe: (images) => observe(images, programs, dictionary),
    imagesPerRun: () => programs.imagesPerRun(),
  };

  async function* embed(
    images: readonly ImageSource[],
    job: Pick<JobContext, 'signal'>,
  ): AsyncGenerator<Outcome<Float32Array>> {
    for await (const outcome of observeAll(images, observer, breather(job))) {
      if (outcome.kind === 'failure') yield outcome;
      else {
        const { key, image } = outcome.value;
        const embedding = await embeddingOf(image, programs);
        kept.set(key, { ...image, embedding });
        yield { kind: 'ready', value: embedding };
      }
    }
  }

  const embedOne = async (source: ImageSource, job: Pick<JobContext, 'signal'>): Promise<Float32Array> => {
    for await (const outcome of embed([source], job)) {
      if (outcome.kind === 'failure') throw fromErrorInfo(outcome.error);
      return normalise(outcome.value);
    }
    throw new Error('an image gave no outcome');
  };

  const changed = (image: KeptImage, intervention: Intervention): KeptImage => {
    for (const { component } of intervention) demandComponent(component, dictionary.info);
    return intervene(image, intervention, {
      componentSize: dictionary.componentSize,
      firstToken: programs.span.start,
    });
  };

  const identity: StudyIdentity = {
    key: analysisKey(model, dictionary),
    model: model.info,
    dictionary: dictionary.info,
    selfTest,
    notes: [
      ...options.notes,
      ...checkpoint.notes,
      ...dictionary.notes,
      ...zeroGradientNotes(programs, dictionary, checkpoint.id),
    ],
  };

  return {
    identity,
    info: studyInfo(identity, model.place),
    model,
    dictionary,
    programs,
    background,
    watched: dictionary.watched,
    async resolve(directions, job, between = breather(job)) {
      demandWords(directions);
      demandRows(directions, model.info);
      const texts = textsOf(directions);
      const embedded = await model.text.embed(texts, between);
      const byText = new Map(texts.map((text, i) => [text, embedded[i]!]));
      const byImage = new Map<ImageSource, Float32Array>();
      for (const source of imagesOf(directions)) byImage.set(source, await embedOne(source, job));
      const readings = directions.map((direction) =>
        textsOf([direction]).flatMap((text) => textNotes(text, byText.get(text)!, model)),
      );
      return {
        directions: directions.map((direction) =>
          resolveDirection(direction, {
            text: (text) => byText.get(text)!.vector,
            image: (image) => byImage.get(image)!,
          }),
        ),
        readings,
        notes: [...new Set(readings.flat())],
      };
    },
    embed,
    async *observe(images, job) {
      for await (const outcome of observeAll(images, observer, breather(job))) {
        if (outcome.kind === 'failure') yield outcome;
        else {
          const { key, image } = outcome.value;
          kept.set(key, image);
          yield { kind: 'ready', value: image };
        }
      }
    },
    intervene: changed,
    evidence,
    async look(source) {
      const key = await imageKey(source);
      const prepared = await observer.prepare(source, false);
      if ((await imageKey(source)) !== key) {
        throw new ClipsightError(
          'image',
          `${imageName(source)} changed while it was read.`,
          'Run it again when the file is complete.',
        );
      }
      const found = kept.get(key) ?? (await observer.observe([prepared]))[0]!;
      kept.set(key, found);
      return { image: found, pixels: prepared.pixels };
    },
    async *attribute(images, directions, intervention, job, between = breather(job)) {
      for await (const outcome of observeAll(images, observer, between)) {
        if (outcome.kind === 'failure') yield outcome;
        else {
          const { key, image } = outcome.value;
          const asked = changed(image, intervention);
          const { analysis, kept: learned } = await attribute(asked, directions, programs, between);
          kept.set(key, asked === image ? learned : image);
          asking.add(key);
          yield { kind: 'ready', value: analysis };
        }
      }
    },
    async prepareFurther(job) {
      const last = [...asking].slice(-mostAhead);
      asking.clear();
      const between = breather(job);
      for (const key of last) {
        const image = kept.get(key);
        if (image === undefined || image.contributions !== null || image.codes.latents.length === 0) continue;
        if (!programs.differentiable || !isCheapAhead(programs.costs(1, image.codes.latents.length)))
          continue;
        kept.set(key, { ...image, ...(await programs.forward(image, between)) });
      }
    },
    async release() {
      kept.clear();
      await Promise.all([programs, background, evidence, dictionary].map((each) => each.release()));
    },
  };
}

/** What is known of a study when it is opened, and of the device whenever it is looked at: results go out later. */
function studyInfo(identity: StudyIdentity, place: Pick<ModelSessions, 'computed' | 'notes'>): StudyInfo {
  return {
    ...identity,
    get computed() {
      return place.computed;
    },
    get notes() {
      return [...identity.notes, ...place.notes];
    },
  };
}

/** One name for all that a number depends on: SHA-256, lower-case hex (design, *AnalysisKey*). */
function analysisKey(model: Model, { info, fingerprint, hook }: Dictionary): string {
  const parts = [
    computationVersion,
    ...model.fingerprint,
    info.sha256,
    fingerprint,
    hook.point,
    hook.layer,
    hook.tokens,
  ];
  return createHash('sha256').update(JSON.stringify(parts)).digest('hex');
}

function zeroGradientNotes({ differentiable }: HookPrograms, { hook }: Dictionary, model: string): string[] {
  if (differentiable) return [];
  const [read, chosen] = hook.tokens === 'cls' ? ['patch tokens', 'CLS'] : ['the CLS token', 'patch tokens'];
  return [
    `After its last attention ${model} reads only ${read}, so every attribution to ${chosen} is exactly zero.`,
  ];
}

function textNotes(text: string, { truncated, readAs }: TextEmbedding, { info }: Model): string[] {
  const quoted = (words: string) => `“${words.length > 60 ? `${words.slice(0, 60)}…` : words}”`;
  return [
    ...(truncated
      ? [
          `${quoted(text)} is longer than the ${info.contextLength} tokens that ${info.id} reads: the rest of it is ignored.`,
        ]
      : []),
    ...(readAs === null
      ? []
      : [`${quoted(text)} has characters that ${info.id} does not know: it reads ${quoted(readAs)}.`]),
  ];
}

/** Throws ClipsightError `prompt` that says which of the directions has a text without words. */
export function demandWords(directions: readonly Direction[]): void {
  const empty = directions.findIndex((direction) => textsOf([direction]).some((text) => text.trim() === ''));
  if (empty === -1) return;
  throw new ClipsightError(
    'prompt',
    directions.length === 1 ? 'A prompt is empty.' : `Prompt ${empty + 1} of ${directions.length} is empty.`,
    'Write what the image might show, or remove it.',
  );
}

/** Throws ClipsightError `probe` where a row of a probe cannot be multiplied with embeddings of the model. */
export function demandRows(
  directions: readonly Direction[],
  { id, embeddingSize }: Pick<ModelInfo, 'id' | 'embeddingSize'>,
): void {
  for (const direction of directions) {
    if (direction.kind !== 'linear') continue;
    const { name, weights, bias } = direction;
    if (weights.length !== embeddingSize) {
      throw new ClipsightError(
        'probe',
        `${name} has ${weights.length} weights, but image embeddings of ${id} have ${embeddingSize} numbers.`,
        'Choose the model that the probe was trained on, or another probe.',
      );
    }
    // The largest numbers of float64 are infinite in float32.
    if (![...weights, bias].every((weight) => Number.isFinite(Math.fround(weight)))) {
      throw new ClipsightError(
        'probe',
        `${name} has a weight that is not finite in float32.`,
        'Check how the probe was trained and saved.',
      );
    }
  }
}

/** What fires in one image. Throws ClipsightError `image`. */
export async function observeOne(
  study: Pick<Study, 'observe'>,
  source: ImageSource,
  job: Pick<JobContext, 'signal'>,
): Promise<KeptImage> {
  for await (const outcome of study.observe([source], job)) {
    if (outcome.kind === 'failure') throw fromErrorInfo(outcome.error);
    return outcome.value;
  }
  throw new Error('an image gave no outcome');
}

/** A component that there is not would be silent, and switching it off would seem to change nothing. */
export function demandComponent(component: number, { id, size }: DictionaryInfo): void {
  if (component < size) return;
  throw new ClipsightError(
    'dictionary',
    `${id} has no component ${component}.`,
    `Its components are numbered from 0 to ${size - 1}.`,
  );
}
