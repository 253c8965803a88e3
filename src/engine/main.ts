import * as path from 'node:path';
import { parseArgs } from 'node:util';
import * as z from 'zod';
import { DeviceSetting, Precision } from '../shared/device';
import { engineProtocol } from '../shared/engineProtocol';
import { openDoor } from './door';
import { createEngine } from './engine';
import { openLibraries } from './openLibraries';

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
const { 'cache-folder': cacheFolder = null, threads } = Options.parse(values);

/** They come with the program, beside its folder. */
const demoImages = path.resolve(__dirname, '../examples/demo/images');

const nounsFile = path.resolve(__dirname, '../media/nouns.txt');

const libraries = openLibraries();
const engine = createEngine({ cacheFolder, threads, demoImages, nounsFile, libraries });
openDoor('engine', engineProtocol, engine, () => libraries.close());
