import { basename, dirname, extname, join, resolve } from 'node:path';
import { ClipsightError } from '../../shared/errors';
import { type FileIdentity, identify } from '../checkpoint/fileIdentity';
import { readJson } from '../checkpoint/files';
import { narrowedFile, narrowedTensors } from '../checkpoint/narrow';
import { readNpz } from '../checkpoint/npz';
import { ownName } from '../checkpoint/ownName';
import { recordFields } from '../checkpoint/recordFields';
import { readSafetensors } from '../checkpoint/safetensors';
import { stateDict, tensorFile } from '../checkpoint/stateDict';
import { tensorNames } from '../checkpoint/tensors';
import { readTorch, type TorchFile, type TorchValue } from '../checkpoint/torchFile';
import type { MaterialiseOptions } from '../checkpoint/weightCache';
import { findWeights, namesIn } from './dictionaryFiles';
import { readAdditions } from './formats/additions';
import { readAttributingClip } from './formats/attributingClip';
import { readClipsight } from './formats/clipsight';
import { isDictionaryLearningConfig, readDictionaryLearning } from './formats/dictionaryLearning';
import { readGemmaScope } from './formats/gemmaScope';
import { isMsae, readMsae } from './formats/msae';
import { isPatchSaeConfig, readPatchSae } from './formats/patchsae';
import type { Place } from './formats/place';
import { isPrismaConfig, readPrisma } from './formats/prisma';
import { readSaeLens } from './formats/saelens';
import { readSaev } from './formats/saev';
import { hasTensor } from './formats/source';
import { readSparsify } from './formats/sparsify';
import type { DictionaryRecord } from './record';

/**
 * Reads how a dictionary is made and where its weights lie: a folder, or the file with the weights, of any of the
 * projects in docs/formats.md. Which of them is told by what is in the files. No large weight is read (those of
 * attributing-clip are measured once).
 *
 * @throws ClipsightError `dictionary`, naming the file and what in it is missing or not supported.
 */
export async function readDictionary(path: string, options: ReadOptions = {}): Promise<DictionaryRecord> {
  const source = resolve(path);
  const { isFolder, file } = await findWeights(source);
  const folder = dirname(file);
  const files: ReadonlySet<string> = new Set(await namesIn(folder));
  const id = isFolder ? ownName(source) : `${ownName(folder)}/${basename(file)}`;
  const { outline = false } = options;
  const common = { id, source, file, outline, additions: await readAdditions(folder, files) };
  switch (extname(file).toLowerCase()) {
    case '.safetensors':
      return readSafetensorsDictionary(common, folder, files, options);
    case '.npz':
      return readNpzDictionary(common, options);
    default:
      return readTorchDictionary(common, files, options);
  }
}

export interface ReadOptions extends Partial<MaterialiseOptions> {
  /** Of large tensors only shapes are there (hub/outline.ts): what follows from their values is left out. */
  readonly outline?: boolean;
}

/** Where float64 is written as float32; null where it must not be. */
function cacheOf({ cacheFolder, outline, ...options }: ReadOptions): MaterialiseOptions | null {
  return cacheFolder === undefined || outline === true ? null : { ...options, cacheFolder };
}

type Common = Pick<Place, 'id' | 'source' | 'file' | 'outline' | 'additions'>;

async function readSafetensorsDictionary(
  common: Common,
  folder: string,
  files: ReadonlySet<string>,
  options: ReadOptions,
): Promise<DictionaryRecord> {
  // SAELens and sparsify write cfg.json, we ourselves config.json.
  const configName = files.has('cfg.json') ? 'cfg.json' : 'config.json';
  const where = join(folder, configName);
  const watched = [await identify(where, 'dictionary'), await identify(common.file, 'dictionary')];
  const json = await readJson(where, 'dictionary');
  const read = await readSafetensors(common.file, 'dictionary');
  const cache = cacheOf(options);
  const tensors = cache === null ? read : await narrowedFile(read, cache);
  const place = { ...common, watched, torch: null, tensors };
  if (configName === 'config.json') return readClipsight(place, json, where);
  return hasTensor(tensors, 'encoder.weight')
    ? readSparsify(place, json, where)
    : readSaeLens(place, json, where, files);
}

async function readNpzDictionary(common: Common, options: ReadOptions): Promise<DictionaryRecord> {
  const watched = [await identify(common.file, 'dictionary')];
  const { path, arrays } = await readNpz(common.file, 'dictionary', options);
  // Some of the first were written with w_enc and w_dec.
  const named = new Map([...arrays].map(([name, array]) => [name.replace(/^w_/, 'W_'), array]));
  return readGemmaScope({ ...common, watched, torch: null, tensors: tensorFile(path, 'dictionary', named) });
}

async function readTorchDictionary(
  common: Common,
  files: ReadonlySet<string>,
  options: ReadOptions,
): Promise<DictionaryRecord> {
  const { file } = common;
  const folder = dirname(file);
  const weights = await identify(file, 'dictionary');
  const torch = unwrapped(await readTorch(file, 'dictionary', options));
  const cache = cacheOf(options);
  const named = stateDict(torch);
  const tensors = tensorFile(
    torch.path,
    'dictionary',
    cache === null ? named : await narrowedTensors(named, 'dictionary', cache),
  );
  const place = (watched: readonly FileIdentity[]): Place => ({ ...common, tensors, torch, watched });
  if (torch.header !== undefined) return readSaev(place([weights]), torch.header);
  if (hasTensor(tensors, 'encoder.0.weight_v')) return readAttributingClip(place([weights]), files);
  if (isMsae({ tensors, torch })) return readMsae(place([weights]));
  const pickled = pickledConfig(torch.root);
  if (isPrismaConfig(pickled)) {
    // What the oldest were trained with had nothing but ReLU.
    const oldest = torch.root instanceof Map && torch.root.has('autoencoder');
    const config = oldest ? { activation_fn_str: 'relu', ...pickled } : pickled;
    return readPrisma(place([weights]), config, `The configuration in ${file}`);
  }
  if (isPatchSaeConfig(pickled))
    return readPatchSae(place([weights]), pickled, `The configuration in ${file}`);
  const config = await configBeside(folder, files);
  if (config !== null) {
    const watched = [await identify(config.path, 'dictionary'), weights];
    if (isPrismaConfig(config.json)) return readPrisma(place(watched), config.json, config.path);
    if (isDictionaryLearningConfig(config.json)) {
      return readDictionaryLearning(place(watched), config.json, config.path);
    }
  }
  const names = tensorNames(tensors).slice(0, 8).join(', ');
  throw new ClipsightError(
    'dictionary',
    `${file} is not a dictionary that is known: it has the tensors ${names}${config === null ? ', and no config.json beside it' : `, and ${config.path} is of no project that is known`}.`,
    'Keep the files of a dictionary together as its project wrote them; docs/formats.md lists the projects.',
  );
}

/** Checkpoints of dictionary_learning lie in a folder of their own, beneath that of the configuration. */
async function configBeside(
  folder: string,
  files: ReadonlySet<string>,
): Promise<{ readonly path: string; readonly json: unknown } | null> {
  const above = basename(folder) === 'checkpoints' ? dirname(folder) : null;
  const holder = files.has('config.json')
    ? folder
    : above !== null && (await namesIn(above)).includes('config.json')
      ? above
      : null;
  if (holder === null) return null;
  const path = join(holder, 'config.json');
  return { path, json: await readJson(path, 'dictionary') };
}

/** The oldest files of Prisma hold `config` and `autoencoder`, within which is the state dict. */
function unwrapped(torch: TorchFile): TorchFile {
  const { root } = torch;
  const inner = root instanceof Map ? root.get('autoencoder') : undefined;
  if (!(root instanceof Map && inner instanceof Map && root.has('config'))) return torch;
  return { ...torch, root: new Map([...root, ['state_dict', inner.get('state_dict') ?? null]]) };
}

/** The fields of the configuration that was pickled with the weights, of an instance of a class or a dict. */
function pickledConfig(root: TorchValue): unknown {
  const config = root instanceof Map ? recordFields(root.get('cfg') ?? root.get('config')) : null;
  return config === null ? undefined : plain(config);
}

/** Dicts as objects, as JSON would have them: what else a pickle can hold stays as it is. */
function plain(value: TorchValue): unknown {
  return value instanceof Map
    ? Object.fromEntries([...value].map(([key, member]) => [key, plain(member)]))
    : value;
}
