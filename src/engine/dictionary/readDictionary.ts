import { readdir, stat } from 'node:fs/promises';
import { basename, dirname, extname, join, resolve } from 'node:path';
import { ClipsightError } from '../../shared/errors';
import { type FileIdentity, identify } from '../checkpoint/fileIdentity';
import { readJson, unreadable } from '../checkpoint/files';
import { narrowedFile, narrowedTensors } from '../checkpoint/narrow';
import { readNpz } from '../checkpoint/npz';
import { ownName } from '../checkpoint/ownName';
import { recordFields } from '../checkpoint/recordFields';
import { readSafetensors } from '../checkpoint/safetensors';
import { stateDict } from '../checkpoint/stateDict';
import type { TensorFile } from '../checkpoint/tensors';
import { readTorch, type TorchFile, type TorchValue } from '../checkpoint/torchFile';
import type { MaterialiseOptions } from '../checkpoint/weightCache';
import { additionsName, readAdditions } from './formats/additions';
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
import { sourceOfTensors, type TensorSource, tensorSource } from './formats/source';
import { readSparsify } from './formats/sparsify';
import type { DictionaryRecord } from './record';

/** Files of weights, the most telling first: where a folder has one of these, it is the dictionary. */
const namedWeights = ['sae_weights.safetensors', 'sae.safetensors', 'params.npz', 'ae.pt', 'sae.pt'];
/** What training counted, which Prisma and SAELens keep beside the weights. */
const statistics = /_log_feature_sparsity\.|^sparsity\./;
const torchFile = /\.(pt|pth|ckpt|bin|pkl|pkl\.gz)$/i;

/** Left out, `cacheFolder` keeps what would have to be written a second time from being read. */
export interface DictionaryOptions extends Partial<MaterialiseOptions> {
  /** The files are an outline (hub/outline.ts): what is worked out from large weights is left out. */
  readonly isOutline?: boolean;
}

/**
 * Reads how a dictionary is made and where its weights lie: a folder, or the file with the weights, of any of the
 * projects in docs/formats.md. Which of them is told by what is in the files. No large weight is read (those of
 * attributing-clip are measured once), but where some are float64: then they are written a second time, as float32, to
 * the cache folder that `options` name, and refused where they name none.
 *
 * @throws ClipsightError `dictionary`, naming the file and what in it is missing or not supported.
 */
export async function readDictionary(
  path: string,
  options: DictionaryOptions = {},
): Promise<DictionaryRecord> {
  const source = resolve(path);
  const { isFolder, file } = await findWeights(source);
  const folder = dirname(file);
  const files: ReadonlySet<string> = new Set(await list(folder));
  const id = isFolder ? ownName(source) : `${ownName(folder)}/${basename(file)}`;
  const common = { id, source, file, additions: await readAdditions(folder, files) };
  switch (extname(file).toLowerCase()) {
    case '.safetensors':
      return readSafetensorsDictionary(common, folder, files, options);
    case '.npz':
      return readNpzDictionary(common, options);
    default:
      return readTorchDictionary(common, files, options);
  }
}

type Common = Pick<Place, 'id' | 'source' | 'file' | 'additions'>;

async function readSafetensorsDictionary(
  common: Common,
  folder: string,
  files: ReadonlySet<string>,
  options: DictionaryOptions,
): Promise<DictionaryRecord> {
  // SAELens and sparsify write cfg.json, we ourselves config.json.
  const configName = files.has('cfg.json') ? 'cfg.json' : 'config.json';
  const where = join(folder, configName);
  const watched = [await identify(where, 'dictionary'), await identify(common.file, 'dictionary')];
  const json = await readJson(where, 'dictionary');
  const file = await readSafetensors(common.file, 'dictionary');
  const tensors = sourceOfTensors(await asSingles(file, options));
  const place = { ...common, watched, torch: null, tensors };
  if (configName === 'config.json') return readClipsight(place, json, where);
  return tensors.names.has('encoder.weight')
    ? readSparsify(place, json, where)
    : readSaeLens(place, json, where, files);
}

async function readNpzDictionary(common: Common, options: DictionaryOptions): Promise<DictionaryRecord> {
  const watched = [await identify(common.file, 'dictionary')];
  const { path, arrays } = await readNpz(common.file, 'dictionary', options);
  // Some of the first were written with w_enc and w_dec.
  const named = new Map([...arrays].map(([name, array]) => [name.replace(/^w_/, 'W_'), array]));
  return readGemmaScope({ ...common, watched, torch: null, tensors: tensorSource(path, named) });
}

async function readTorchDictionary(
  common: Common,
  files: ReadonlySet<string>,
  options: DictionaryOptions,
): Promise<DictionaryRecord> {
  const { file } = common;
  const folder = dirname(file);
  const weights = await identify(file, 'dictionary');
  const torch = unwrapped(await readTorch(file, 'dictionary', options));
  const tensors = await sourceOfTorch(torch, options);
  const place = (watched: readonly FileIdentity[]): Place => ({ ...common, tensors, torch, watched });
  if (torch.header !== undefined) return readSaev(place([weights]), torch.header);
  if (tensors.names.has('encoder.0.weight_v'))
    return readAttributingClip(place([weights]), files, options.isOutline);
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
  const names = [...tensors.names].slice(0, 8).join(', ');
  throw new ClipsightError(
    'dictionary',
    `${file} is not a dictionary that is known: it has the tensors ${names}${config === null ? ', and no config.json beside it' : `, and ${config.path} is of no project that is known`}.`,
    'Keep the files of a dictionary together as its project wrote them; docs/formats.md lists the projects.',
  );
}

/** With float64 as float32, where there is a folder to write that to. */
async function asSingles(file: TensorFile, options: DictionaryOptions): Promise<TensorFile> {
  const { cacheFolder } = options;
  return cacheFolder === undefined ? file : narrowedFile(file, { ...options, cacheFolder });
}

async function sourceOfTorch(torch: TorchFile, options: DictionaryOptions): Promise<TensorSource> {
  const { cacheFolder } = options;
  const tensors = stateDict(torch);
  return tensorSource(
    torch.path,
    cacheFolder === undefined
      ? tensors
      : await narrowedTensors(tensors, torch.owner, { ...options, cacheFolder }),
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
    : above !== null && (await list(above)).includes('config.json')
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

async function findWeights(source: string): Promise<{ readonly isFolder: boolean; readonly file: string }> {
  const isFolder = await stat(source).then(
    (found) => found.isDirectory(),
    (thrown: unknown) => {
      throw unreadable(source, 'dictionary', thrown);
    },
  );
  if (!isFolder) return { isFolder, file: source };
  const files = await list(source);
  const named = namedWeights.find((name) => files.includes(name));
  if (named !== undefined) return { isFolder, file: join(source, named) };
  const torch = files.filter((name) => torchFile.test(name) && !statistics.test(name));
  const [only, another] = torch;
  if (another !== undefined) {
    throw new ClipsightError(
      'dictionary',
      `${source} has several files of weights: ${torch.slice(0, 6).join(', ')}.`,
      'Choose one of the files instead of the folder.',
    );
  }
  if (only !== undefined) return { isFolder, file: join(source, only) };
  // Our own format: named in full, so that one knows what is missing.
  if (!files.includes('config.json')) throw unreadableFolder(source, files);
  return { isFolder, file: join(source, 'sae.safetensors') };
}

function unreadableFolder(source: string, files: readonly string[]): ClipsightError {
  const found = files.filter((name) => name !== additionsName).slice(0, 6);
  return new ClipsightError(
    'dictionary',
    `${source} holds no dictionary: ${found.length === 0 ? 'it is empty' : `it has ${found.join(', ')}`}.`,
    'Choose the folder with config.json and sae.safetensors, or the file with the weights; docs/formats.md lists what can be read.',
  );
}

async function list(folder: string): Promise<string[]> {
  return readdir(folder).catch((thrown: unknown) => {
    throw unreadable(folder, 'dictionary', thrown);
  });
}
