import * as path from 'node:path';
import { parseArgs } from 'node:util';
import * as z from 'zod';
import { engineProtocol } from '../shared/engineProtocol';
import { preparingThreads } from './clip/preparingThreads';
import { openDoor } from './door';
import { createEngine } from './engine';
import { openLibraries } from './openLibraries';
import { computeOnCpu } from './runtime/compute';
import {
  backgroundPatience,
  backgroundPriority,
  backgroundSessions,
} from './runtime/device/backgroundSessions';
import { startDevice } from './runtime/device/deviceProcess';
import { cpuSessions, onCpu } from './runtime/sessions';

/** What the parent process says on the command line. */
const Options = z.object({
  /** Absolute folder for what may be computed again; without it nothing is kept. */
  'cache-folder': z.string().min(1).optional(),
  /** Threads of one session; by default ONNX Runtime decides. */
  threads: z.coerce.number().int().positive().optional(),
});

const { values } = parseArgs({
  options: { 'cache-folder': { type: 'string' }, threads: { type: 'string' } },
});
const { 'cache-folder': cacheFolder = null, threads } = Options.parse(values);

/** They come with the program, beside its folder. */
const demoImages = path.resolve(__dirname, '../examples/demo/images');

const nounsFile = path.resolve(__dirname, '../media/nouns.txt');

const libraries = openLibraries();
const log = (line: string) => console.error(line);
const background = backgroundSessions({
  start: () =>
    startDevice({
      entry: path.join(__dirname, 'device.js'),
      computed: onCpu,
      threads,
      priority: backgroundPriority,
      patience: backgroundPatience,
      log,
    }),
  cpu: cpuSessions(threads),
  log,
});
const compute = computeOnCpu(threads, background);
const engine = createEngine({
  cacheFolder,
  compute,
  prepare: preparingThreads({ file: path.join(__dirname, 'preparing.js') }),
  threads,
  demoImages,
  nounsFile,
  libraries,
});
openDoor('engine', engineProtocol, engine, async () => {
  await Promise.all([libraries.close(), compute.end()]);
});
