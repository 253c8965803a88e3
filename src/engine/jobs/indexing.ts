import { ClipsightError } from '../../shared/errors';
import type { IndexReport, IndexRequest, Survey } from '../../shared/library';
import type { JobContext } from '../../shared/rpc/protocol';
import { changesOf } from '../library/changes';
import { bytesPerContribution, contributionRoom } from '../library/contributionRoom';
import { indexImages, ownFolders } from '../library/indexImages';
import type { LibraryStudy } from '../library/library';
import { isNeeded, pictureNeeds } from '../library/pictureNeeds';
import { scan, scanOnly } from '../library/scan';
import { embedderKey } from '../model';
import type { Study } from '../study';
import type { JobServices, Judge } from './jobServices';
import { turnMs } from './turns';

/** What a turn takes where the person waits for it, in milliseconds. */
const longTurnMs = 1000;

/** Brings a library up to date (`indexLibrary` of the protocol). */
export async function indexLibrary(
  request: IndexRequest,
  services: JobServices,
  job: JobContext,
): Promise<IndexReport> {
  const started = performance.now();
  const library = await services.libraryAt(request.library);
  const { study, judge } = await opened(request, services, job);
  const another = judge.id === null ? null : judge.embedder;
  const { info } = study;
  const inBackground = request.background === true;
  const served = contributionsServed(study);
  const wanted = request.contributions !== 'none';
  const outcome = await indexImages(
    {
      library,
      request,
      study: libraryStudy(study),
      judge: another,
      preprocessing: {
        model: study.model.preprocessing,
        judge: another === null ? null : judge.preprocessing,
      },
      prepare: study.model.prepare,
      // Others wait for as long as a turn takes: for what nobody waits for, a run or two.
      turnMs: inBackground ? turnMs : longTurnMs,
      contributions: request.contributions === 'none' || !served ? null : request.contributions,
      turn: (work) =>
        services.inTurn(async () => {
          const now = await openInTurn(request, services, job);
          // Other files under the same names: what was prepared is not for them.
          if (now.study.info.key !== info.key || now.judge.embedder.key !== judge.embedder.key) {
            throw new ClipsightError(
              'checkpoint',
              `${info.model.id}, ${info.dictionary.id} or the judge changed on disk while images were indexed.`,
              'Index again when the files are complete: what was indexed before is kept.',
            );
          }
          const { study: open, judge: other } = now;
          const result = await work({
            programs: inBackground ? open.background : open.programs,
            dictionary: open.dictionary,
            judge: another === null ? null : inBackground ? other.background : other.images,
          });
          await services.demandUnchanged();
          return result;
        }),
    },
    job,
  );
  const [counts, failures] = await Promise.all([library.counts(), library.failures()]);
  return {
    study: info,
    judge: judge.id,
    files: counts.files,
    images: counts.pictures,
    computed: outcome.computed,
    removed: outcome.removed,
    failures: [...failures],
    seconds: (performance.now() - started) / 1000,
    imagesPerSecond: outcome.computed === 0 ? null : outcome.computed / outcome.computingSeconds,
    notes: [
      ...(wanted && !served ? [notServed(study)] : []),
      ...outcome.unreadable.map((at) => `${at} cannot be read: what the library has of it is kept.`),
    ],
  };
}

/** What indexing would do (`surveyLibrary` of the protocol). Folders on network drives are named, not looked into. */
export async function surveyLibrary(
  request: IndexRequest,
  services: JobServices,
  job: JobContext,
): Promise<Survey> {
  const library = await services.libraryAt(request.library);
  const { study, judge } = await opened(request, services, job);
  const { key } = study.info;
  const told = { at: 0 };
  const options = {
    signal: job.signal,
    leaveOut: ownFolders(request.library),
    passNetwork: true,
    found: (count: number) => {
      if (performance.now() - told.at < 500) return;
      told.at = performance.now();
      job.progress({ stage: 'Looking for images', done: count, total: 0 });
    },
  };
  const { roots, only } = request;
  const found = only === undefined ? await scan(roots, options) : await scanOnly(roots, only, options);
  const known = await library.files(null);
  const { fresh, unchanged } = changesOf(known, found, request);
  const served = contributionsServed(study);
  const { contributions } = request;
  const its = libraryStudy(study);
  const needsOf = pictureNeeds(library, {
    study: key,
    model: its.embedder.key,
    judge: judge.id === null ? null : judge.embedder.key,
    room: contributions === 'none' || !served ? null : await contributionRoom(library, its, contributions),
  });
  const pictures = [...new Set(unchanged.map(({ sha256 }) => sha256!))];
  const needs = await needsOf(pictures);
  const lacking = new Set(pictures.filter((_, i) => isNeeded(needs[i]!)));
  // What could not be read the last time is tried again, but is no news.
  const unread = new Set(known.filter(({ sha256 }) => sha256 === null).map(({ path }) => path));
  const news = fresh.filter(({ path }) => !unread.has(path)).length;
  const again = unchanged.filter(({ sha256 }) => lacking.has(sha256!)).length;
  const size = await library.contributionSize(key);
  const perImage =
    size.pictures > 0
      ? size.bytes / size.pictures
      : expectedComponents(study) * bytesPerContribution(study.info.model.embeddingSize);
  const most = contributions === 'none' || !served ? size.bytes : contributions.most;
  return {
    files: found.files.length,
    fresh: news + again,
    network: [...found.network],
    contributions: {
      perImage,
      now: size.bytes,
      expected: Math.max(size.bytes, Math.min(most, size.bytes + (news + again) * perImage)),
      served,
    },
  };
}

export function libraryStudy({ identity, model }: Study): LibraryStudy {
  return { info: identity, embedder: { key: embedderKey(model), info: model.info } };
}

export type OpenedStudy = { readonly study: Study; readonly judge: Judge };

type Asked = Pick<IndexRequest, 'study' | 'judge'>;

/** Study and judge for their names and keys; takes a turn only where they have to be opened. */
export async function opened(
  { study, judge }: Asked,
  services: Pick<JobServices, 'openNow' | 'inTurn' | 'studyFor' | 'judgeFor'>,
  job: JobContext,
): Promise<OpenedStudy> {
  const now = await services.openNow(study, judge);
  return now ?? services.inTurn(() => openInTurn({ study, judge }, services, job));
}

async function openInTurn(
  request: Asked,
  { studyFor, judgeFor }: Pick<JobServices, 'studyFor' | 'judgeFor'>,
  job: JobContext,
): Promise<OpenedStudy> {
  const study = await studyFor(request.study, job);
  return { study, judge: await judgeFor(request.judge, study, job) };
}

/**
 * Whether contributions are computed in this study: where forward mode costs at most a trunk pass for as many components
 * as are to be expected. Decided for all pictures alike, so that the sums of a class leave none of them out.
 */
export function contributionsServed(study: Study): boolean {
  const { programs, dictionary } = study;
  if (!programs.differentiable) return false;
  const { forward, trunk } = programs.costs(1, expectedComponents(study) * dictionary.componentSize);
  return forward <= trunk;
}

/** Active components of a picture: by the self-test's mean per token; the model's own are all active. */
function expectedComponents({ info, programs }: Study): number {
  const all = info.dictionary.size;
  if (info.selfTest === null) return all;
  const { start, end } = programs.span;
  return Math.min(all, Math.ceil(info.selfTest.taken.l0 * (end - start)));
}

function notServed({ info }: Study): string {
  return (
    `Contributions were not computed: for ${info.dictionary.id} they would cost more than all of ${info.model.id} ` +
    'up to its hook, for every image.'
  );
}
