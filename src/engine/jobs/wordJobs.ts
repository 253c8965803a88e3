import type { EngineProtocol } from '../../shared/engineProtocol';
import type { Handlers, JobContext } from '../../shared/rpc/protocol';
import type { Words, WordsRequest } from '../../shared/words';
import { score } from '../attribution/score';
import { componentVectors } from '../attribution/someComponents';
import type { TokenContributions } from '../clip/tokenContributions';
import { livelyJob } from '../job';
import { correlation } from '../numeric/correlation';
import { dot, normalise } from '../numeric/vector';
import { demandComponent, observeOne, type Study } from '../study';
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
 * What leaving each word of a prompt out does to the image's score and to the attributions of components, and what its
 * tokens give to them by integrated gradients (docs/method.md, *Which words*). Throws ClipsightError `prompt`, `image` or
 * `dictionary`.
 */
async function attributeWords(
  { image: source, text, components }: WordsRequest,
  study: Study,
  job: JobContext,
): Promise<Words> {
  const { between } = livelyJob(job, { stage: 'Reading words', done: 0, total: 0 });
  const { info, model, programs } = study;
  for (const component of components) demandComponent(component, info.dictionary);
  const { directions, notes } = await study.resolve([{ kind: 'prompt', text }], job);
  const direction = directions[0]!;
  const image = await observeOne(study, source, job);
  const active = components.flatMap((component) => {
    const place = image.components.indexOf(component);
    return place === -1 ? [] : [{ component, place }];
  });
  const places = active.map(({ place }) => place);
  const { embedding, vectors } = await componentVectors(image, places, programs, between);
  const v = normalise(embedding);
  const read = await model.text.contributions(text, [v, ...vectors], between);
  const { tokens, contributions } = read;
  const [ofScore, ...ofComponents] = contributions;
  const similarity = score(embedding, direction);
  const lost = await lostWithout(read, direction.vector, study, between);
  const words = read.words.map(({ text: word, start }, i) => ({
    text: word,
    start,
    contribution: tokens.reduce((sum, token, t) => (token.word === i ? sum + ofScore![t]! : sum), 0),
    leaveOneOut: dot(v, lost[i]!),
  }));
  return {
    study: info,
    similarity,
    tokens: [...tokens],
    contributions: ofScore!,
    words,
    components: active.map(({ component }, i) => ({
      component,
      attribution: dot(vectors[i]!, direction.vector),
      contributions: ofComponents[i]!,
      leaveOneOut: Float32Array.from(lost, (vector) => dot(vectors[i]!, vector)),
    })),
    notes: [...notes, ...agreementNotes(words), ...(read.complete ? [] : [incomplete])],
  };
}

const incomplete =
  'Integrated gradients of the words do not add up to within 1 %: go by what is measured, leaving them out.';

/** Below this correlation over the words their contributions say something else than leaving them out. */
const agreement = 0.5;

function agreementNotes(words: Words['words']): string[] {
  if (words.length < 3) return [];
  const found = correlation(
    Float64Array.from(words, ({ contribution }) => contribution),
    Float64Array.from(words, ({ leaveOneOut }) => leaveOneOut),
  );
  if (found === null || found >= agreement) return [];
  return [
    `Integrated gradients of these words and what leaving them out does disagree (correlation ${found.toFixed(2).replace('-', '−')}): go by what is measured, leaving them out.`,
  ];
}

/**
 * What the embedding u of a text loses with each of its words: u less that of the text without it, zero where the model
 * does not read it. Score and attributions of an image are products with u.
 */
async function lostWithout(
  { words }: Pick<TokenContributions, 'words'>,
  vector: Float32Array,
  { model }: Study,
  between: () => Promise<void>,
): Promise<readonly Float32Array[]> {
  const read = words.filter((word) => word.read);
  const embedded = await model.text.embed(
    read.map(({ without }) => without),
    between,
  );
  const left = new Map(read.map((word, i) => [word, embedded[i]!.vector]));
  return words.map((word) => {
    const without = left.get(word);
    return vector.map((u, d) => (without === undefined ? 0 : u - without[d]!));
  });
}
