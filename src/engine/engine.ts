import { tmpdir } from 'node:os';
import * as path from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import type * as z from 'zod';
import { version } from '../../package.json';
import type { ImageOutcome } from '../shared/analysis';
import type { EngineProtocol } from '../shared/engineProtocol';
import { ClipsightError } from '../shared/errors';
import type { Handlers, JobContext } from '../shared/rpc/protocol';
import type { StudyRequest } from '../shared/study';
import { HashCache } from './checkpoint/hashCache';
import { type PreparePictures, prepareHere } from './clip/preparePictures';
import { ComponentTables } from './components/componentTables';
import { TextVectors } from './components/textVectors';
import { writeDictionary } from './dictionary/exportDictionary';
import { readDictionary } from './dictionary/readDictionary';
import { type DictionaryRecord, resolve, type TrainedHook } from './dictionary/record';
import { selfTestStore } from './dictionary/selfTestStore';
import { fetchSource, tokenizerFallback } from './hub/fetch';
import { picturesIn } from './image/picturesIn';
import { preview } from './image/preview';
import { inspect, kindOf } from './inspect';
import { oneAtATime, unwatched } from './job';
import { auditJobs } from './jobs/auditJobs';
import { comparisonJobs } from './jobs/comparisonJobs';
import { componentJobs } from './jobs/componentJobs';
import { doneAgain } from './jobs/doneAgain';
import { faithfulnessJobs } from './jobs/faithfulnessJobs';
import { interventionJobs } from './jobs/interventionJobs';
import type { JobServices } from './jobs/jobServices';
import { libraryJobs } from './jobs/libraryJobs';
import { matchJobs } from './jobs/matchJobs';
import { measurementJobs } from './jobs/measurementJobs';
import { patchJobs } from './jobs/patchJobs';
import { probeJobs } from './jobs/probeJobs';
import { wordJobs } from './jobs/wordJobs';
import { callOf, fetchDictionary, keepOpen, type Opened } from './opened';
import { type OpenLibraries, openLibraries } from './openLibraries';
import { type Compute, computeOnCpu } from './runtime/compute';
import { cpuAlone, type DeviceChooser } from './runtime/device/deviceChooser';

/** Milliseconds until an answer is surely on its way. */
const answeredMs = 20;

type ExportRequest = z.infer<EngineProtocol['exportDictionary']['request']>;

export interface EngineOptions {
  /** Where hashes of files are remembered; null keeps them in memory. */
  readonly cacheFolder: string | null;
  /** Where towers run; in this process if left out. */
  readonly compute?: Compute;
  /** Who chose where towers run; nobody if left out. */
  readonly devices?: DeviceChooser;
  /** How many pictures are prepared; in this thread if left out. */
  readonly prepare?: PreparePictures;
  /** Threads within an op; as many as the runtime thinks right if left out. */
  readonly threads?: number | undefined;
  /** Pictures that dictionaries are tested on where a request names none. */
  readonly demoImages: string;
  /** The bundled list of nouns, one per line. */
  readonly nounsFile: string;
  /** For whoever closes them at the end; without, they end with the process. */
  readonly libraries?: OpenLibraries;
}

/** The façade: one method per job a person can ask for. Jobs that compute run one at a time. */
export function createEngine({
  cacheFolder,
  threads,
  compute = computeOnCpu(threads),
  devices = cpuAlone,
  prepare = prepareHere,
  demoImages,
  nounsFile,
  libraries = openLibraries(),
}: EngineOptions): Handlers<EngineProtocol> {
  const hashes = new HashCache(cacheFolder);
  const weightCache = path.join(cacheFolder ?? path.join(tmpdir(), 'clipsight'), 'weights');
  const surroundings = {
    hashes,
    threads,
    prepare,
    weightCache,
    selfTests: selfTestStore(cacheFolder),
    demoImages: () => picturesIn(demoImages),
    clipTokenizer: tokenizerFallback,
  };
  const { settle, ...kept } = keepOpen(surroundings, compute);
  const opened: Omit<Opened, 'settle'> = {
    ...kept,
    studyFor(request, job) {
      devices.tell((stage) => job.progress({ stage, done: 0, total: 0 }));
      return kept.studyFor(request, job);
    },
  };
  const { studyFor, demandUnchanged } = opened;
  const turns = oneAtATime();
  /** No number leaves its turn before the device that gave it was tested again. */
  const inTurn = <T>(job: () => Promise<T>): Promise<T> =>
    turns(async () => {
      const result = await job();
      await settle();
      return result;
    });

  /** Once the answer is out, and after whoever waits by then. Nobody is told: nothing was asked. */
  const prepareFurther = async (request: StudyRequest): Promise<void> => {
    await sleep(answeredMs, null, { ref: false });
    await inTurn(async () => {
      const now = await opened.openNow(request, null);
      await now?.study.prepareFurther(unwatched);
    }).catch(() => undefined);
  };

  /** What the files leave open, the test on a model decides. */
  const decideReading = async (
    record: DictionaryRecord,
    { dictionary, model: testedOn, layer, tokens }: ExportRequest,
    job: JobContext,
  ): Promise<DictionaryRecord> => {
    if (record.subtractsDecoderBias !== 'undecided') return record;
    if (testedOn === null) {
      throw new ClipsightError(
        'dictionary',
        `The files of ${record.id} do not say whether b_dec is taken off its input.`,
        'Name the model that it was trained on (--model): a test on its activations decides.',
      );
    }
    const request = { model: testedOn, dictionary, layer, tokens, acceptPoor: true };
    const { info } = await studyFor(request, job);
    if (info.selfTest === null) return record;
    if (info.selfTest.verdict === 'good') return resolve(record, info.selfTest.taken);
    throw new ClipsightError(
      'poor-dictionary',
      `${record.id} failed its self-test on ${info.model.id}, which so cannot decide whether b_dec is taken off its input.`,
      'Name the model that it was trained on (--model).',
    );
  };

  const services: JobServices = {
    threads,
    nounsFile,
    inTurn,
    ...opened,
    libraryAt: (file) => libraries.at(file),
    tables: new ComponentTables(),
    texts: new TextVectors(),
  };

  return doneAgain<EngineProtocol>({
    ...libraryJobs(services),
    ...componentJobs(services),
    ...comparisonJobs(services),
    ...matchJobs(services),
    ...measurementJobs(services),
    ...faithfulnessJobs(services),
    ...patchJobs(services),
    ...wordJobs(services),
    ...auditJobs(services),
    ...probeJobs(services),
    ...interventionJobs(services),
    describe: () => ({ version, pid: process.pid }),
    devices: () => devices.status,
    async forgetDevices() {
      await devices.forget();
      return {};
    },
    openStudy: (request, job) => inTurn(async () => (await studyFor(request, job)).info),
    async attribute(request, job) {
      const answer = await inTurn(async () => {
        const open = await studyFor(request.study, job);
        const { directions, notes } = await open.resolve(request.directions, job);
        const images: ImageOutcome[] = [];
        const report = () =>
          job.progress({ stage: 'Attributing', done: images.length, total: request.images.length });
        report();
        for await (const outcome of open.attribute(
          request.images,
          directions,
          request.intervention ?? [],
          job,
        )) {
          images.push(outcome.kind === 'ready' ? { kind: 'analysis', analysis: outcome.value } : outcome);
          report();
        }
        // Weights are read where they lie: a file rewritten meanwhile may have given wrong numbers.
        await demandUnchanged();
        return { study: open.info, images, notes: [...notes] };
      });
      void prepareFurther(request.study);
      return answer;
    },
    inspect: (request, job) => inspect(request, { hashes, cacheFolder: weightCache, ...callOf(job) }),
    exportDictionary: (request, job) =>
      inTurn(async () => {
        const { dictionary, folder } = request;
        const call = callOf(job);
        const { path: here } = await fetchDictionary(dictionary, call);
        const record = await readDictionary(here, {
          ...call,
          hashes,
          cacheFolder: weightCache,
        });
        const decided = await decideReading(record, request, job);
        const hook = placed(decided.hook, request);
        await writeDictionary({ ...decided, hook }, folder, call);
        return { folder };
      }),
    download: async ({ source, kind }, job) => {
      const call = callOf(job);
      const known = kind ?? (await kindOf(source, { hashes, cacheFolder: weightCache, ...call }));
      const { path: here } = await fetchSource(source, known, call);
      return { path: here };
    },
    preview: ({ image, size }) => preview(image, size),
  });
}

/** Where a dictionary is said to be trained; an image embedding is in one place only. */
function placed(hook: TrainedHook, { layer, tokens }: ExportRequest): TrainedHook {
  if (hook.point === 'embedding') return hook;
  return { point: hook.point, layer: layer ?? hook.layer, tokens: tokens ?? hook.tokens };
}
