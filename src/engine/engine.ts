import { tmpdir } from 'node:os';
import * as path from 'node:path';
import { version } from '../../package.json';
import type { ImageOutcome } from '../shared/analysis';
import type { EngineProtocol } from '../shared/engineProtocol';
import { ClipsightError } from '../shared/errors';
import type { CallOptions, Handlers, JobContext } from '../shared/rpc/protocol';
import type { StudyRequest } from '../shared/study';
import { type FileIdentity, identify, sameFile } from './checkpoint/fileIdentity';
import { HashCache } from './checkpoint/hashCache';
import { selfTestStore } from './dictionary/selfTestStore';
import { picturesIn } from './image/picturesIn';
import { preview } from './image/preview';
import { oneAtATime } from './job';
import { type Model, openModel } from './model';
import { openStudy, type Study } from './study';

export interface EngineOptions {
  /** Where hashes of files are remembered; null keeps them in memory. */
  readonly cacheFolder: string | null;
  /** Threads within an op; as many as the runtime thinks right if left out. */
  readonly threads?: number | undefined;
  /** Pictures that dictionaries are tested on where a request names none. */
  readonly demoImages: string;
}

/** The façade: one method per job a person can ask for. Jobs that compute run one at a time. */
export function createEngine({ cacheFolder, threads, demoImages }: EngineOptions): Handlers<EngineProtocol> {
  const hashes = new HashCache(cacheFolder);
  const surroundings = {
    hashes,
    threads,
    weightCache: path.join(cacheFolder ?? path.join(tmpdir(), 'clipsight'), 'weights'),
    selfTests: selfTestStore(cacheFolder),
    demoImages: () => picturesIn(demoImages),
  };
  const inTurn = oneAtATime();
  let model: { readonly folder: string; readonly value: Model } | null = null;
  let study: { readonly request: string; readonly value: Study } | null = null;

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

  /** Files that what is open was read from, as they were then. */
  const filesInUse = (): readonly FileIdentity[] => [
    ...(model?.value.checkpoint.watched ?? []),
    ...(study?.value.watched ?? []),
  ];

  /** The study asked for: the one that is open, if it is that and none of its files changed. */
  const studyFor = async (request: StudyRequest, { signal, progress }: JobContext): Promise<Study> => {
    if (model?.folder !== request.model || !(await unchanged(filesInUse()))) await closeModel();
    const wanted = JSON.stringify([
      request.model,
      request.dictionary,
      request.layer,
      request.tokens,
      request.acceptPoor,
    ]);
    if (study?.request === wanted) return study.value;
    await closeStudy();
    const call: CallOptions = { signal, onProgress: progress };
    model ??= { folder: request.model, value: await openModel(request.model, hashes, threads, call) };
    study = { request: wanted, value: await openStudy(request, model.value, { ...call, ...surroundings }) };
    return study.value;
  };

  return {
    describe: () => ({ version, device: 'cpu', precision: 'fp32', pid: process.pid }),
    openStudy: (request, job) => inTurn(async () => (await studyFor(request, job)).info),
    attribute: (request, job) =>
      inTurn(async () => {
        const open = await studyFor(request.study, job);
        const { directions, notes } = await open.resolve(request.directions, job);
        const images: ImageOutcome[] = [];
        const report = () =>
          job.progress({ stage: 'Attributing', done: images.length, total: request.images.length });
        report();
        for await (const outcome of open.attribute(request.images, directions, job)) {
          images.push(outcome.kind === 'ready' ? { kind: 'analysis', analysis: outcome.value } : outcome);
          report();
        }
        // Weights are read where they lie: a file rewritten meanwhile may have given wrong numbers.
        if (!(await unchanged(filesInUse()))) {
          await closeModel();
          throw new ClipsightError(
            'checkpoint',
            `${open.info.model.id} or ${open.info.dictionary.id} changed on disk while it was in use.`,
            'Run it again when the files are complete.',
          );
        }
        return { study: open.info, images, notes: [...notes] };
      }),
    inspect: async ({ source }) => {
      throw new ClipsightError('internal', `${source} cannot be inspected yet.`);
    },
    exportDictionary: async ({ dictionary }) => {
      throw new ClipsightError('internal', `${dictionary} cannot be exported yet.`);
    },
    download: async ({ source }) => {
      throw new ClipsightError('internal', `${source} cannot be downloaded yet.`);
    },
    preview: ({ image, size }) => preview(image, size),
  };
}

async function unchanged(files: readonly FileIdentity[]): Promise<boolean> {
  const now = await Promise.all(files.map(({ path }) => identify(path).catch(() => null)));
  return now.every((identity, i) => identity !== null && sameFile(identity, files[i]!));
}
