import { ClipsightError, hasCode } from '../shared/errors';
import type { CallOptions, JobContext } from '../shared/rpc/protocol';
import type { StudyRequest } from '../shared/study';
import type { HookPrograms } from './attribution/hookPrograms';
import { areUnchanged, type FileIdentity } from './checkpoint/fileIdentity';
import { type ImageEmbedder, openImageEmbedder } from './clip/imageEmbedder';
import { isOfModel } from './dictionary/openDictionary';
import { type Fetched, fetchSource } from './hub/fetch';
import type { JobServices, Judge, JudgeImages } from './jobs/jobServices';
import { judgeOf } from './judge';
import { embedderKey, type Model, type OpenModelOptions, openModel } from './model';
import { type Compute, computeOnCpu } from './runtime/compute';
import { type OpenStudyOptions, openStudy, type Study } from './study';

/** What is read from files and kept from one request to the next: one study and one judge. Used in turn only. */
export interface Opened extends Pick<JobServices, 'studyFor' | 'judgeFor' | 'openNow' | 'demandUnchanged'> {
  /** As of `Compute`, at the end of every turn: where it rejects, what is open is closed. */
  settle(): Promise<void>;
}

export type Surroundings = Omit<
  OpenStudyOptions & OpenModelOptions,
  'notes' | 'placeTowers' | 'precision' | keyof CallOptions
>;

interface Open<T> {
  /** As it was asked for. */
  readonly source: string;
  readonly value: T;
}

interface OpenJudge {
  readonly model: Model;
  readonly images: ImageEmbedder;
  /** The same for work in the background. */
  readonly background: ImageEmbedder;
}

export function keepOpen(
  surroundings: Surroundings,
  compute: Compute = computeOnCpu(surroundings.threads),
): Opened {
  let model: (Open<Model> & Pick<Fetched, 'notes'>) | null = null;
  let study: Open<Study> | null = null;
  let judge: Open<OpenJudge> | null = null;
  /** Whether somebody asked for it in this turn. */
  let judging = false;

  const closeStudy = async (): Promise<void> => {
    const open = study;
    study = null;
    await open?.value.release();
  };
  const closeModel = async (): Promise<void> => {
    await closeStudy();
    const open = model;
    model = null;
    await open?.value.release();
  };
  const closeJudge = async (): Promise<void> => {
    const open = judge;
    judge = null;
    if (open !== null) {
      const { images, background, model } = open.value;
      await Promise.all([images, background, model].map((each) => each.release()));
    }
  };

  /** Files that what is open was read from, as they were then. */
  const studyFiles = (): readonly FileIdentity[] => [
    ...(model?.value.watched ?? []),
    ...(study?.value.watched ?? []),
  ];
  const judgeFiles = (): readonly FileIdentity[] => judge?.value.model.watched ?? [];

  /** What is open has numbers that a device gave: where that cannot be believed they go. */
  const closeAll = async (): Promise<void> => {
    await closeModel();
    await closeJudge();
  };
  const settled = async <T>(work: () => Promise<T>): Promise<T> => {
    try {
      return await work();
    } catch (thrown) {
      if (hasCode(thrown, 'device')) await closeAll();
      throw thrown;
    }
  };

  const openAt = async (source: string, call: CallOptions): Promise<Model & Pick<Fetched, 'notes'>> => {
    const { path, notes } = await fetchSource(source, 'model', call);
    return {
      ...(await openModel(path, {
        ...call,
        ...surroundings,
        placeTowers: compute.placeTowers,
        precision: compute.precision,
      })),
      notes,
    };
  };

  const openJudge = async (source: string, call: CallOptions): Promise<Open<OpenJudge>> => {
    const opened = await openAt(source, call);
    const { sessions, background: others } = opened.place;
    const images = openImageEmbedder(opened.checkpoint, sessions);
    const background = others === sessions ? images : openImageEmbedder(opened.checkpoint, others);
    return { source, value: { model: opened, images, background } };
  };

  const settle = () => settled(compute.settle);

  return {
    settle,
    async studyFor(request: StudyRequest, job: JobContext) {
      const call = callOf(job);
      judging = false;
      if (!(await areUnchanged(judgeFiles()))) await closeJudge();
      if (model?.source !== request.model || !(await areUnchanged(studyFiles()))) await closeModel();
      const wanted = sourceOf(request);
      if (study?.source === wanted) return study.value;
      await closeStudy();
      if (model === null) {
        const { notes, ...value } = await openAt(request.model, call);
        model = { source: request.model, notes, value };
      }
      const { path: dictionary, notes } = await fetchDictionary(request.dictionary, call);
      const { value: opening, notes: known } = model;
      const value = await settled(() =>
        openStudy({ ...request, dictionary }, opening, {
          ...call,
          ...surroundings,
          notes: [...known, ...notes],
        }),
      );
      study = { source: wanted, value };
      return study.value;
    },

    async judgeFor(wanted: string | null, studied: Study, job: JobContext): Promise<Judge> {
      if (wanted === null || wanted === model?.source) return itself(studied);
      if (judge?.source !== wanted) {
        await closeJudge();
        judge = await openJudge(wanted, callOf(job));
      }
      judging = true;
      return anotherOrItself(judge.value, studied);
    },

    async openNow(request, wanted) {
      const now = study?.value;
      if (now === undefined || study?.source !== sourceOf(request)) return null;
      const judges =
        wanted === null || wanted === model?.source
          ? itself(now)
          : judge?.source === wanted
            ? anotherOrItself(judge.value, now)
            : null;
      if (judges === null || !(await areUnchanged([...studyFiles(), ...judgeFiles()]))) return null;
      return { study: now, judge: judges };
    },

    async demandUnchanged() {
      await settle();
      if (!(await areUnchanged(studyFiles()))) {
        const ids = [model?.value.info.id, study?.value.info.dictionary.id].filter((id) => id !== undefined);
        await closeModel();
        throw changed(ids.join(' or '));
      }
      if (!(await areUnchanged(judgeFiles()))) {
        const id = judge?.value.model.info.id ?? 'The judge';
        await closeJudge();
        if (judging) throw changed(id);
      }
    },
  };
}

function sourceOf({ model, dictionary, layer, tokens, acceptPoor }: StudyRequest): string {
  return JSON.stringify([model, dictionary, layer, tokens, acceptPoor]);
}

/** The model under study as its own judge. */
function itself({ model, programs, background }: Pick<Study, 'model' | 'programs' | 'background'>): Judge {
  return judgeOf(model, { images: wholeTower(programs), background: wholeTower(background) }, null);
}

/** Up to the hook, and after it. */
function wholeTower(programs: HookPrograms): JudgeImages {
  return {
    embed: async (pixels) => programs.embed((await programs.trunk(pixels)).x),
    imagesPerRun: () => programs.imagesPerRun(),
  };
}

/** The same model by another name is no other judge. */
function anotherOrItself({ model, images, background }: OpenJudge, study: Study): Judge {
  return embedderKey(model) === embedderKey(study.model)
    ? itself(study)
    : judgeOf(model, { images, background }, model.info.id);
}

function changed(what: string): ClipsightError {
  return new ClipsightError(
    'checkpoint',
    `${what} changed on disk while it was in use.`,
    'Run it again when the files are complete.',
  );
}

/** Neurons and heads are the model's own: they are nowhere. */
export async function fetchDictionary(
  dictionary: string,
  call: CallOptions,
): Promise<Pick<Fetched, 'path' | 'notes'>> {
  return isOfModel(dictionary)
    ? { path: dictionary, notes: [] }
    : fetchSource(dictionary, 'dictionary', call);
}

export function callOf({ signal, progress }: JobContext): CallOptions {
  return { signal, onProgress: progress };
}
