import { ClipsightError } from '../../shared/errors';
import type { LibraryRequest } from '../../shared/library';
import type { JobContext } from '../../shared/rpc/protocol';
import type { InTurn, Subject } from '../components/subject';
import { tokenRegions } from '../components/tokenRegions';
import type { Library } from '../library/library';
import { embedderKey } from '../model';
import { type OpenedStudy, opened } from './indexing';
import type { JobServices } from './jobServices';

/** What every job about components, or about a library seen through a study, begins with. */
export interface OpenedSubject {
  readonly library: Library;
  readonly subject: Subject;
  readonly inTurn: InTurn;
}

/** Throws ClipsightError as opening a library, a study and a judge does. */
export async function openSubject(
  request: LibraryRequest,
  services: JobServices,
  job: JobContext,
): Promise<OpenedSubject> {
  const library = await services.libraryAt(request.library);
  const subject = subjectOf(await opened(request, services, job));
  const inTurn: InTurn = (forJob, use) =>
    services.inTurn(async () => {
      const study = await services.studyFor(request.study, forJob);
      const judge = await services.judgeFor(request.judge, study, forJob);
      if (study.info.key !== subject.study.key || judge.embedder.key !== subject.judge.key) {
        throw new ClipsightError(
          'checkpoint',
          `${subject.study.model.id}, ${subject.study.dictionary.id} or ${subject.judge.name} changed on disk while it was in use.`,
          'Run it again when the files are complete.',
        );
      }
      const result = await use({ study, judge });
      await services.demandUnchanged();
      return result;
    });
  return { library, subject, inTurn };
}

function subjectOf({ study, judge }: OpenedStudy): Subject {
  const { checkpoint, preprocessing } = study.model;
  return {
    study: study.info,
    size: study.info.dictionary.size,
    embedder: embedderKey(study.model),
    judge: {
      key: judge.embedder.key,
      embedder: judge.embedder,
      id: judge.id,
      name: judge.embedder.info.id,
      embeddingSize: judge.embedder.info.embeddingSize,
    },
    regions: tokenRegions(checkpoint.image, study.dictionary.hook, preprocessing),
  };
}
