import { ClipsightError } from '../../shared/errors';
import type { JobContext } from '../../shared/rpc/protocol';
import type { StudyInfo, StudyRequest } from '../../shared/study';
import { breather } from '../job';
import type { Study } from '../study';
import type { JobServices } from './jobServices';

/** A piece of a long job, of about a quarter of a second at most. */
export type Step = (study: Study) => Promise<void>;

/** What a turn may take, in milliseconds: jobs that somebody waits for go in between. */
export const turnMs = 250;

/**
 * Takes the steps one after the other, in as few turns as that allows, with the same study open in all of them. The
 * next step is asked for when the last is done. Throws ClipsightError `cancelled`, and `checkpoint` where files of the
 * study changed.
 */
export async function inTurns(
  steps: Iterable<Step>,
  request: StudyRequest,
  { inTurn, studyFor, demandUnchanged }: Pick<JobServices, 'inTurn' | 'studyFor' | 'demandUnchanged'>,
  job: JobContext,
): Promise<StudyInfo> {
  const left = steps[Symbol.iterator]();
  const breathe = breather(job);
  let info: StudyInfo | null = null;
  for (let next: IteratorResult<Step> | null = null; !next?.done; ) {
    next = await inTurn(async () => {
      const study = await studyFor(request, job);
      if (info !== null) demandSame(study, info.key);
      info = study.info;
      const until = performance.now() + turnMs;
      let step = next ?? left.next();
      while (!step.done) {
        await breathe();
        await step.value(study);
        step = left.next();
        if (performance.now() >= until) break;
      }
      // Weights are read where they lie: a file rewritten meanwhile may have given wrong numbers.
      await demandUnchanged();
      return step;
    });
  }
  if (info === null) throw new Error('a job took no turn');
  return info;
}

/** Between turns another study may have been open, or its files may have changed. Throws ClipsightError `checkpoint`. */
export function demandSame({ info }: Study, key: string): void {
  if (info.key === key) return;
  throw new ClipsightError(
    'checkpoint',
    `${info.model.id} or ${info.dictionary.id} changed on disk while it was in use.`,
    'Run it again when the files are complete.',
  );
}
