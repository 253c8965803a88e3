import * as path from 'node:path';
import { parseArgs } from 'node:util';
import * as z from 'zod';
import { DeviceSetting, Precision } from '../shared/device';
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
import { chosenCompute } from './runtime/device/chosenCompute';
import { startDevice, usualPatience } from './runtime/device/deviceProcess';
import { keepReferences } from './runtime/device/references';
import { keepVerdicts } from './runtime/device/verdicts';
import { cpuSessions, onCpu } from './runtime/sessions';

/** What the parent process says on the command line. */
const Options = z.object({
  /** Absolute folder for what may be computed again; without it nothing is kept. */
  'cache-folder': z.string().min(1).optional(),
  /** Threads of one session; by default ONNX Runtime decides. */
  threads: z.coerce.number().int().positive().optional(),
  /** Where towers run. */
  device: DeviceSetting.default('auto'),
  precision: Precision.default('fp32'),
});

const { values } = parseArgs({
  options: {
    'cache-folder': { type: 'string' },
    threads: { type: 'string' },
    device: { type: 'string' },
    precision: { type: 'string' },
  },
});
const { 'cache-folder': cacheFolder = null, threads, ...asked } = Options.parse(values);

/** They come with the program, beside its folder. */
const demoImages = path.resolve(__dirname, '../examples/demo/images');

const nounsFile = path.resolve(__dirname, '../media/nouns.txt');

/** What runs on a device, or in the background, has a process of its own. */
const entry = path.join(__dirname, 'device.js');

const kept = (name: string) => (cacheFolder === null ? null : path.join(cacheFolder, 'devices', name));

const libraries = openLibraries();
const log = (line: string) => console.error(line);
const background = backgroundSessions({
  start: () =>
    startDevice({
      entry,
      computed: onCpu,
      threads,
      priority: backgroundPriority,
      patience: backgroundPatience,
      log,
    }),
  cpu: cpuSessions(threads),
  log,
});
const compute = chosenCompute({
  // The CPU has its own precision, whatever is asked of devices.
  asked: asked.device === 'cpu' ? { ...asked, precision: 'fp32' } : asked,
  cpu: computeOnCpu(threads, background),
  start: (computed, told) =>
    startDevice({
      entry,
      computed,
      threads,
      // Nobody asked for a device that may be a bad one: of those that `auto` tries little is put up with.
      patience: asked.device === 'auto' ? { ...usualPatience, first: 60_000 } : usualPatience,
      log: told,
    }),
  references: keepReferences(kept('references')),
  verdicts: keepVerdicts(kept('verdicts.json')),
  threads,
  log,
});
const engine = createEngine({
  cacheFolder,
  compute,
  devices: compute,
  prepare: preparingThreads({ file: path.join(__dirname, 'preparing.js') }),
  threads,
  demoImages,
  nounsFile,
  libraries,
});
openDoor('engine', engineProtocol, engine, async () => {
  await Promise.all([libraries.close(), compute.end()]);
});
