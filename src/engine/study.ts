import { createHash } from 'node:crypto';
import type { ImageAnalysis } from '../shared/analysis';
import type { Direction } from '../shared/direction';
import { ClipsightError, type ErrorInfo, toErrorInfo } from '../shared/errors';
import type { ImageSource } from '../shared/image';
import type { CallOptions, JobContext } from '../shared/rpc/protocol';
import type { StudyInfo, StudyRequest } from '../shared/study';
import { attribute, embeddingOf, type KeptImage, observe } from './attribution/attribute';
import { nextBatch } from './attribution/batching';
import { imagesOf, resolveDirection, textsOf } from './attribution/direction';
import { type HookPrograms, openHook } from './attribution/hookPrograms';
import { imageKey, keptImages } from './attribution/keptImages';
import type { ScoreDirection } from './attribution/score';
import type { HashCache } from './checkpoint/hashCache';
import type { FileIdentity } from './checkpoint/fileIdentity';
import { type PreparedImage, prepareImage } from './clip/preprocessing';
import type { Dictionary } from './dictionary/dictionary';
import { openDictionary } from './dictionary/openDictionary';
import { breather, startedAhead } from './job';
import type { Model } from './model';
import { normalise } from './numeric/vector';

/** The result of one image, or why there is none. */
export type Outcome<T> =
  | { readonly kind: 'ready'; readonly value: T }
  | { readonly kind: 'failure'; readonly error: ErrorInfo };

/** A model with a dictionary hooked into it, and what images gave so far. */
export interface Study {
  readonly info: StudyInfo;
  /** Files whose change makes it out of date. */
  readonly watched: readonly FileIdentity[];
  /** Directions as vectors, and what a person should know of them. Throws ClipsightError `prompt` or `image`. */
  resolve(
    directions: readonly Direction[],
    job: JobContext,
  ): Promise<{ readonly directions: readonly ScoreDirection[]; readonly notes: readonly string[] }>;
  /** One outcome per image, in order, as they come. */
  attribute(
    images: readonly ImageSource[],
    directions: readonly ScoreDirection[],
    job: JobContext,
  ): AsyncGenerator<Outcome<ImageAnalysis>>;
  release(): Promise<void>;
}

/** Images decoded before their turn. */
const decodedAhead = 8;

export async function openStudy(
  request: StudyRequest,
  model: Model,
  options: CallOptions & { readonly hashes: HashCache; readonly threads: number },
): Promise<Study> {
  const { checkpoint } = model;
  const dictionary = await openDictionary(request, checkpoint, { ...options, modelSha256: model.info.sha256 });
  const { layer, tokens } = dictionary.info;
  const programs = openHook(checkpoint, layer, tokens, dictionary.reads, options.threads);
  const kept = keptImages();
  const info: StudyInfo = {
    key: analysisKey(model, dictionary),
    model: model.info,
    dictionary: dictionary.info,
    notes: [...dictionary.notes, ...zeroGradientNote(programs, checkpoint.id)],
  };

  /** What the images gave, one trunk pass per run over those not seen yet. */
  async function* observed(
    images: readonly ImageSource[],
    between: () => Promise<void>,
  ): AsyncGenerator<Outcome<{ readonly key: string; readonly image: KeptImage }>> {
    type Opened = { readonly key: string; readonly image: KeptImage } | { readonly key: string; readonly prepared: PreparedImage };
    const open = async (source: ImageSource): Promise<Outcome<Opened>> => {
      try {
        const key = await imageKey(source);
        const image = kept.get(key);
        const value = image === undefined ? { key, prepared: await prepareImage(source, model.preprocessing) } : { key, image };
        return { kind: 'ready', value };
      } catch (thrown) {
        return { kind: 'failure', error: toErrorInfo(thrown) };
      }
    };
    let size = 1;
    let batch: Outcome<Opened>[] = [];
    const flush = async (): Promise<Outcome<{ key: string; image: KeptImage }>[]> => {
      const fresh = batch.flatMap((o) => (o.kind === 'ready' && 'prepared' in o.value ? [o.value] : []));
      await between();
      const started = performance.now();
      const seen = fresh.length === 0 ? [] : await observe(fresh.map(({ prepared }) => prepared), programs, dictionary);
      if (fresh.length > 0) size = nextBatch(fresh.length, performance.now() - started);
      let next = 0;
      const out = batch.map((o): Outcome<{ key: string; image: KeptImage }> => {
        if (o.kind === 'failure') return o;
        return { kind: 'ready', value: { key: o.value.key, image: 'image' in o.value ? o.value.image : seen[next++]! } };
      });
      batch = [];
      return out;
    };
    for await (const opened of startedAhead(images, decodedAhead, open)) {
      batch.push(opened);
      if (batch.length >= size) yield* await flush();
    }
    if (batch.length > 0) yield* await flush();
  }

  return {
    info,
    watched: [...checkpoint.watched, ...dictionary.watched],
    async resolve(directions, job) {
      const between = breather(job);
      const texts = textsOf(directions);
      for (const text of texts) demandPrompt(text);
      const embedded = await model.text.embed(texts, between);
      const byText = new Map(texts.map((text, i) => [text, embedded[i]!.vector]));
      const byImage = new Map<ImageSource, Float32Array>();
      const sources = imagesOf(directions);
      let at = 0;
      for await (const outcome of observed(sources, between)) {
        if (outcome.kind === 'failure') {
          throw new ClipsightError(outcome.error.code, outcome.error.message, outcome.error.remedy);
        }
        const { key, image } = outcome.value;
        const embedding = await embeddingOf(image, programs);
        kept.set(key, { ...image, embedding });
        byImage.set(sources[at++]!, normalise(embedding));
      }
      const lookup = {
        text: (text: string) => byText.get(text)!,
        image: (image: ImageSource) => byImage.get(image)!,
      };
      return {
        directions: directions.map((direction) => resolveDirection(direction, lookup)),
        notes: texts.flatMap((text, i) =>
          embedded[i]!.truncated
            ? [`“${text}” is longer than the ${checkpoint.text.contextLength} tokens that ${checkpoint.id} reads; what comes after them is ignored.`]
            : [],
        ),
      };
    },
    async *attribute(images, directions, job) {
      const between = breather(job);
      for await (const outcome of observed(images, between)) {
        if (outcome.kind === 'failure') {
          yield outcome;
          continue;
        }
        const { key, image } = outcome.value;
        const { analysis, kept: learned } = await attribute(image, directions, programs, between);
        kept.set(key, learned);
        yield { kind: 'ready', value: analysis };
      }
    },
    async release() {
      kept.clear();
      await Promise.all([programs.release(), dictionary.release()]);
    },
  };
}

/** One name for all that a number depends on (design, *The method*): SHA-256, lower-case hex. */
function analysisKey(model: Model, { info }: Dictionary): string {
  const parts = [...model.fingerprint, info.id.startsWith('neurons:') ? 'neurons' : 'sae', info.sha256, info.layer, info.tokens];
  return createHash('sha256').update(JSON.stringify(parts)).digest('hex');
}

function zeroGradientNote({ differentiable }: HookPrograms, model: string): string[] {
  return differentiable
    ? []
    : [`After the last block ${model} reads only the CLS token: every attribution to its patch tokens is exactly zero.`];
}

function demandPrompt(text: string): void {
  if (text.trim() === '') {
    throw new ClipsightError('prompt', 'A prompt is empty.', 'Write what the image might show, or remove it.');
  }
}
