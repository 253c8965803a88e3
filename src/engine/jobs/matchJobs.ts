import type { MatchedImage } from '../../shared/comparison';
import type { EngineProtocol } from '../../shared/engineProtocol';
import type { Handlers } from '../../shared/rpc/protocol';
import { depthFor, matchedPictures, withoutOverlap } from '../components/matchedPictures';
import { presentPaths } from '../components/presentPaths';
import { resolveInTurns } from '../components/resolveInTurns';
import { groundsOf } from '../components/summaries';
import { alignTexts, betterThan } from '../components/textAlignments';
import { demandText, readingNotes } from '../components/textVectors';
import type { Pictures } from '../library/library';
import type { Numbered } from '../numeric/highestFew';
import { demandComponent } from '../study';
import type { JobServices } from './jobServices';
import { openSubject } from './openSubject';

type MatchJobs = Pick<Handlers<EngineProtocol>, 'matchImages' | 'alignPairs'>;
type PairAlignment = Awaited<ReturnType<MatchJobs['alignPairs']>>['pairs'][number];

/** Texts whose reading is told of one by one. */
const TOLD = 3;

/** Jobs about what a library holds for a prompt. Only what runs a model takes a turn. */
export function matchJobs(services: JobServices): MatchJobs {
  const { threads, tables, texts } = services;
  return {
    async matchImages(request, job) {
      const { most } = request;
      const { library, subject, inTurn } = await openSubject({ ...request, judge: null }, services, job);
      const { key, model } = subject.study;
      const { directions, notes } = await resolveInTurns(request.directions, 'Reading prompts', inTurn, job);
      const pictures = await library.pictures(key);
      const { directions: extremes, compared } = await matchedPictures(
        directions,
        depthFor(most),
        library,
        subject.embedder,
        pictures,
        threads,
        job,
      );
      const candidates = new Set(
        extremes.flatMap(({ best, worst }) => [...best, ...worst].map(({ number }) => number)),
      );
      const paths = await presentPaths(candidates, pictures, library);
      const gone = candidates.size - paths.size;
      const unembedded = pictures.sha256.length - compared;
      return {
        grounds: {
          key,
          access: library.access,
          judge: null,
          images: compared,
          notes: [
            ...notes,
            ...(unembedded === 0
              ? []
              : [
                  `${unembedded} of the pictures have no embedding by ${model.id} yet: they are left out until images are indexed again.`,
                ]),
            ...(gone === 0
              ? []
              : [
                  `${gone} of the pictures are left out: their files are not there any more, or show something else now.`,
                ]),
          ],
        },
        directions: extremes.map((found) => {
          const { best, worst } = withoutOverlap(found, most, (picture) => paths.has(picture));
          const shown = (some: readonly Numbered[]) => some.map((one) => matchedImage(one, pictures, paths));
          return { best: shown(best), worst: shown(worst) };
        }),
      };
    },

    async alignPairs(request, job) {
      const { pairs } = request;
      const { library, subject, inTurn } = await openSubject(request, services, job);
      for (const { component, text } of pairs) {
        demandComponent(component, subject.study.dictionary);
        demandText(text);
      }
      const loaded = await tables.load(library, subject, job);
      const { meanings, meaningRows } = loaded.table;
      const found: PairAlignment[] = pairs.map(() => null);
      const byText = new Map<string, number[]>();
      for (const [i, { component, text }] of pairs.entries()) {
        if (meaningRows[component] === -1) continue;
        const known = byText.get(text);
        if (known === undefined) byText.set(text, [i]);
        else known.push(i);
      }
      const asked = [...byText.keys()];
      const read = await texts.of([...asked, ''], library, subject, inTurn, job);
      const vectors = new Map(asked.map((text, i) => [text, read[i]!.vector]));
      await alignTexts(
        asked,
        (text) => vectors.get(text)!,
        read.at(-1)!.vector,
        meanings,
        loaded.alignments,
        threads,
        job,
        (text, alignment) => {
          for (const i of byText.get(text)!) {
            const row = meaningRows[pairs[i]!.component]!;
            found[i] = { alignment: alignment.aligned[row]!, better: betterThan(alignment, row) };
          }
        },
      );
      const unread = asked.filter((_, i) => read[i]!.truncated || read[i]!.readAs !== null);
      return {
        grounds: groundsOf(
          library,
          loaded,
          subject,
          unread.length > TOLD
            ? [
                `${unread.length} of the texts are not read fully by ${subject.judge.name}: they are too long for it, or have characters that it does not know.`,
              ]
            : asked.flatMap((text, i) => readingNotes(text, read[i]!, subject.judge.name)),
        ),
        pairs: found,
      };
    },
  };
}

function matchedImage(
  { number, value }: Numbered,
  { sha256 }: Pictures,
  paths: ReadonlyMap<number, string>,
): MatchedImage {
  return { path: paths.get(number)!, sha256: sha256[number]!, similarity: value };
}
