import type { EngineProtocol } from '../../shared/engineProtocol';
import { ClipsightError, fromErrorInfo } from '../../shared/errors';
import type { ImageSource } from '../../shared/image';
import type { Handlers, JobContext } from '../../shared/rpc/protocol';
import type { Words, WordsRequest } from '../../shared/words';
import type { KeptImage } from '../attribution/attribute';
import { score } from '../attribution/score';
import { componentVectors } from '../attribution/someComponents';
import type { TokenContributions } from '../clip/textEncoder';
import { breather } from '../job';
import { dot, normalise } from '../numeric/vector';
import type { Study } from '../study';
import type { JobServices } from './jobServices';

type WordJobs = Pick<Handlers<EngineProtocol>, 'attributeWords'>;

/** Jobs about the words of a prompt. */
export function wordJobs(services: JobServices): WordJobs {
  return {
    attributeWords: (request, job) =>
      services.inTurn(async () => {
        const study = await services.studyFor(request.study, job);
        const words = await attributeWords(request, study, job);
        await services.demandUnchanged();
        return words;
      }),
  };
}

/**
 * What each token of a prompt gives to the image's score, and to the attributions of components (docs/method.md,
 * *Which words*); of its words too what leaving them out does. Throws ClipsightError `prompt`, `image` or `dictionary`.
 */
async function attributeWords(
  { image: source, text, components }: WordsRequest,
  study: Study,
  job: JobContext,
): Promise<Words> {
  const between = breather(job);
  const { info, model, programs } = study;
  for (const component of components) demandComponent(component, study);
  const { directions, notes } = await study.resolve([{ kind: 'prompt', text }], job);
  const direction = directions[0]!;
  const image = await observed(source, study, job);
  const active = components.flatMap((component) => {
    const place = image.components.indexOf(component);
    return place === -1 ? [] : [{ component, place }];
  });
  const places = active.map(({ place }) => place);
  const { embedding, vectors } = await componentVectors(image, places, programs, between);
  const read = await model.text.contributions(text, [normalise(embedding), ...vectors], between);
  const { tokens, contributions } = read;
  const [ofScore, ...ofComponents] = contributions;
  const similarity = score(embedding, direction);
  const withoutEach = await scoresWithout(read, embedding, study, between);
  return {
    study: info,
    similarity,
    tokens: [...tokens],
    contributions: ofScore!,
    words: read.words.map(({ text: word, start, read: isRead }, i) => ({
      text: word,
      start,
      contribution: tokens.reduce((sum, token, t) => (token.word === i ? sum + ofScore![t]! : sum), 0),
      leaveOneOut: isRead ? similarity - withoutEach[i]! : 0,
    })),
    components: active.map(({ component }, i) => ({
      component,
      attribution: dot(vectors[i]!, direction.vector),
      contributions: ofComponents[i]!,
    })),
    notes: [...notes],
  };
}

function demandComponent(component: number, { info, dictionary }: Study): void {
  const count = info.dictionary.size / dictionary.componentSize;
  if (component < count) return;
  throw new ClipsightError(
    'dictionary',
    `${info.dictionary.id} has no component ${component}.`,
    `Its components are numbered from 0 to ${count - 1}.`,
  );
}

async function observed(source: ImageSource, study: Study, job: JobContext): Promise<KeptImage> {
  for await (const outcome of study.observe([source], job)) {
    if (outcome.kind === 'failure') throw fromErrorInfo(outcome.error);
    return outcome.value;
  }
  throw new Error('an image gave no outcome');
}

/** The image's score with the prompt without each of its words. */
async function scoresWithout(
  { words }: Pick<TokenContributions, 'words'>,
  embedding: Float32Array,
  { model }: Study,
  between: () => Promise<void>,
): Promise<readonly number[]> {
  const read = await model.text.embed(
    words.map(({ without }) => without),
    between,
  );
  return read.map(({ vector }) => score(embedding, { kind: 'cosine', vector }));
}
