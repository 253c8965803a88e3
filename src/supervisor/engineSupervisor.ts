import { join } from 'node:path';
import { type EngineProtocol, engineProtocol } from '../shared/engineProtocol';
import type { ProcessOptions } from './engineProcess';
import { type Supervisor, supervise } from './supervisor';

export interface EngineSupervisorOptions extends ProcessOptions {
  /** Absolute folder for what may be computed again; without it nothing is kept. */
  readonly cacheFolder?: string | undefined;
  /** Milliseconds without progress after which a job is given up, by method; generous where not given. */
  readonly deadlines?: Partial<EngineDeadlines>;
}

export type EngineSupervisor = Supervisor<EngineProtocol>;
export type EngineDeadlines = Record<keyof EngineProtocol, number>;

const engineDeadlines: EngineDeadlines = {
  describe: 30_000,
  devices: 30_000,
  forgetDevices: 30_000,
  // Reads and hashes gigabytes, perhaps from a network drive, and compiles several sessions.
  openStudy: 600_000,
  inspect: 120_000,
  // Without progress, that is: any byte counts.
  download: 120_000,
  exportDictionary: 600_000,
  attribute: 120_000,
  compare: 120_000,
  relate: 120_000,
  matchImages: 600_000,
  alignPairs: 600_000,
  measure: 600_000,
  faithfulness: 600_000,
  mapPatches: 600_000,
  componentsAt: 600_000,
  attributeWords: 120_000,
  audit: 600_000,
  readProbe: 120_000,
  fitProbe: 600_000,
  interveneLibrary: 600_000,
  preview: 60_000,
  surveyLibrary: 600_000,
  indexLibrary: 600_000,
  libraryStatus: 600_000,
  classFolders: 600_000,
  summarise: 600_000,
  examine: 600_000,
  searchComponents: 600_000,
  annotate: 120_000,
  annotations: 120_000,
  thumbnail: 60_000,
  mapComponents: 600_000,
  alignments: 600_000,
  meanAttribution: 600_000,
  exportLibrary: 600_000,
  importLibrary: 600_000,
};

const engineEnvironment = {
  /**
   * glibc keeps freed blocks of up to 32 MB, once it has seen such sizes, for blocks to come: the weights of a model
   * that is no longer used. Held at its initial value, the threshold has them given back to the system. Measured: of a
   * ViT-B/32, 320 MB stayed with the process without it. Other systems ignore the variable.
   */
  MALLOC_MMAP_THRESHOLD_: '131072',
  /** ONNX Runtime would give the machine an id, keep it in the person's cache folder and send events. */
  ORT_DISABLE_TELEMETRY: '1',
};

/** Where Node (from 22.1; others ignore it) keeps what it compiled: a quarter less from its start to an engine that listens. */
function compileCache(cacheFolder: string | undefined): Readonly<Record<string, string>> {
  if (cacheFolder === undefined || process.env.NODE_COMPILE_CACHE !== undefined) return {};
  return { NODE_COMPILE_CACHE: join(cacheFolder, 'compiled') };
}

/** Supervises the engine of the extension or of the command line. It is started by the first call. */
export function createSupervisor({
  deadlines,
  cacheFolder,
  args = [],
  ...options
}: EngineSupervisorOptions): EngineSupervisor {
  return supervise({
    ...options,
    args: [...(cacheFolder === undefined ? [] : ['--cache-folder', cacheFolder]), ...args],
    env: { ...engineEnvironment, ...compileCache(cacheFolder), ...options.env },
    name: 'engine',
    protocol: engineProtocol,
    deadlines: { ...engineDeadlines, ...deadlines },
    cancelGrace: 10_000,
    ping: (remote) => remote.describe({}),
  });
}
