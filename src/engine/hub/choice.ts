import type { HubKind } from './source';

export interface ListedFile {
  /** With slashes, from the repository's root. */
  readonly path: string;
  readonly size: number;
}

/** What of a repository a model or a dictionary is read from. Paths from the repository's root. */
export interface Choice {
  /** The folder of all of it; '' for the root. */
  readonly folder: string;
  /** The file that names the weights, where no reader of the folder would find it by its name alone. */
  readonly file: string | null;
  readonly weights: readonly string[];
  /** Configurations, tokenizer, an index of shards: files that are read whole. */
  readonly small: readonly string[];
  /** Files that should be beside the weights and are not: where the list is only part of a repository, ask for them. */
  readonly absent: readonly string[];
}

/** Why there is none. */
export interface NoChoice {
  /** Goes on after the repository's name. */
  readonly problem: string;
  readonly remedy: string;
}

/**
 * The config.json that has to be read before a choice, if there is one: timm puts one of its own, and weights of the
 * image tower alone, beside the files of open_clip.
 */
export function ambiguousConfig(files: readonly ListedFile[], kind: HubKind, within: string): string | null {
  const names = namesIn(files, folderOf(files, within));
  const isAmbiguous = kind === 'model' && names.has('config.json') && names.has('open_clip_config.json');
  return isAmbiguous ? `${prefix(folderOf(files, within))}config.json` : null;
}

/** Whether a config.json, parsed, is that of a CLIP of transformers. */
export function isOfTransformers(config: unknown): boolean {
  const type =
    typeof config === 'object' && config !== null && 'model_type' in config ? config.model_type : null;
  return type === 'clip' || type === 'siglip';
}

/**
 * Picks what is needed; `within` is a folder or a file of the repository, or '' for its root. `ofTransformers` is what
 * the config.json that ambiguousConfig named says.
 */
export function choose(
  files: readonly ListedFile[],
  kind: HubKind,
  within: string,
  ofTransformers = true,
): Choice | NoChoice {
  const file = files.find(({ path }) => path === within);
  const folder = folderOf(files, within);
  const here: Folder = { path: folder, names: namesIn(files, folder) };
  if (
    file === undefined &&
    here.names.size === 0 &&
    !files.some(({ path }) => path.startsWith(prefix(within)))
  ) {
    return { problem: `has no folder or file "${within}"`, remedy: 'See its files on the hub.' };
  }
  const named = file === undefined ? null : within.slice(prefix(folder).length);
  switch (kind) {
    case 'model':
      return chooseModel(here, named, files, ofTransformers);
    case 'dictionary':
      return chooseDictionary(here, named, files);
  }
}

interface Folder {
  readonly path: string;
  /** Of the files in it, not of those in its folders. */
  readonly names: ReadonlySet<string>;
}

/** What is taken beside weights. */
interface Parts {
  readonly configs: readonly string[];
  /** The same, by what their names have in common. */
  readonly others?: RegExp;
  /** One of each group should be there. */
  readonly needed: readonly (readonly string[])[];
}

/** Weights in one file or in all of several, and the index that says which tensor is where. */
interface Weights {
  readonly names: readonly string[];
  readonly index: string | null;
}

// Models

const modelParts: Parts = {
  configs: [
    'config.json',
    'open_clip_config.json',
    'preprocessor_config.json',
    'processor_config.json',
    'tokenizer.json',
    'tokenizer_config.json',
  ],
  needed: [['config.json', 'open_clip_config.json']],
};

/** open_clip keeps the preprocessing in its own configuration. */
const transformers = { config: 'config.json', needed: [['preprocessor_config.json'], ['tokenizer.json']] };
const openClip = { config: 'open_clip_config.json', needed: [['tokenizer.json']] };

/** Safetensors before what PyTorch pickled; transformers' layout before open_clip's. */
const modelLayouts: readonly ({ readonly name: string; readonly config: string } & Pick<Parts, 'needed'>)[] =
  [
    { name: 'model.safetensors', ...transformers },
    { name: 'open_clip_model.safetensors', ...openClip },
    { name: 'open_clip_pytorch_model.safetensors', ...openClip },
    { name: 'pytorch_model.bin', ...transformers },
    { name: 'open_clip_pytorch_model.bin', ...openClip },
    { name: 'open_clip_pytorch_model.pth', ...openClip },
  ];

function chooseModel(
  here: Folder,
  named: string | null,
  files: readonly ListedFile[],
  ofTransformers: boolean,
): Choice | NoChoice {
  const { names } = here;
  if (named !== null && isWeights(named)) {
    return chosen(here, { names: [named], index: null }, modelParts, named);
  }
  for (const { name, config, needed } of modelLayouts) {
    const counts = names.has(config) && (ofTransformers || config !== 'config.json');
    const weights = counts ? weightsNamed(name, names) : null;
    if (weights !== null) return chosen(here, weights, { ...modelParts, needed }, null);
  }
  // No layout that is known: OpenAI's own files, say, which need no configuration.
  return chooseOnly(here, modelParts, files, 'model');
}

/** `model.safetensors`, or `model.safetensors.index.json` with `model-00001-of-00003.safetensors` and all others. */
function weightsNamed(name: string, names: ReadonlySet<string>): Weights | null {
  if (names.has(name)) return { names: [name], index: null };
  const index = `${name}.index.json`;
  if (!names.has(index)) return null;
  const [, stem = '', extension = ''] = /^(.*)(\.[a-z]+)$/.exec(name) ?? [];
  const shards = [...names].filter((other) => {
    return other.startsWith(`${stem}-`) && other.endsWith(extension) && /-\d+-of-\d+\.[a-z]+$/.test(other);
  });
  const count = Number(/-of-(\d+)\./.exec(shards[0] ?? '')?.[1] ?? 0);
  return shards.length > 0 && shards.length === count ? { names: shards.toSorted(), index } : null;
}

// Dictionaries

const dictionaryParts: Parts = {
  configs: ['config.json', 'cfg.json', 'activation_scaler.json', 'clipsight.json'],
  // The settings of a training of attributing-clip.
  others: /\.ya?ml$/,
  needed: [['config.json', 'cfg.json']],
};

/** What the projects that train dictionaries call their weights; the first that is there is it. */
const dictionaryNames: readonly RegExp[] = [
  /^sae\.safetensors$/,
  /^sae_weights\.safetensors$/,
  /^ae\.pt$/,
  /^sae\.pt$/,
  /^last\.ckpt$/,
  /^params\.npz$/,
  // Prisma's: how many images it was trained on.
  /^n_images_\d+\.pt$/,
];

function chooseDictionary(
  here: Folder,
  named: string | null,
  files: readonly ListedFile[],
): Choice | NoChoice {
  const weights = (name: string): Weights => ({ names: [name], index: null });
  if (named !== null && isWeights(named)) return chosen(here, weights(named), dictionaryParts, named);
  for (const pattern of dictionaryNames) {
    const [latest] = [...here.names]
      .filter((name) => pattern.test(name))
      .toSorted(byNumber)
      .reverse();
    if (latest === undefined) continue;
    const isFixed = !pattern.source.includes('\\d');
    return chosen(here, weights(latest), dictionaryParts, isFixed ? null : latest);
  }
  return chooseOnly(here, dictionaryParts, files, 'dictionary');
}

function byNumber(a: string, b: string): number {
  return a.localeCompare(b, 'en', { numeric: true });
}

// Both

/** The one file of weights in a folder, by whatever name; otherwise what there is to choose from. */
function chooseOnly(
  here: Folder,
  parts: Parts,
  files: readonly ListedFile[],
  kind: HubKind,
): Choice | NoChoice {
  const candidates = [...here.names]
    .filter(isWeights)
    .filter((name) => !isBeside(name))
    .toSorted(byNumber);
  const [only] = candidates;
  if (only !== undefined && candidates.length === 1) {
    return chosen(here, { names: [only], index: null }, parts, only);
  }
  if (candidates.length > 1) {
    return {
      problem: `has several files of weights${inFolder(here.path)}: ${some(candidates)}`,
      remedy: `Say which one: owner/name/${prefix(here.path)}${only}.`,
    };
  }
  const folders = foldersWithWeights(files, here.path);
  const [first] = folders;
  if (first !== undefined) {
    return {
      problem: `has weights in several folders${inFolder(here.path)}: ${some(folders)}`.replace(
        'several folders',
        folders.length === 1 ? 'a folder' : 'several folders',
      ),
      remedy: `Say which one: owner/name/${first}.`,
    };
  }
  return {
    problem: `has no weights${inFolder(here.path)} that could be those of a ${kind}`,
    remedy: 'See its files on the hub.',
  };
}

function chosen(
  here: Folder,
  weights: Weights,
  { configs, others, needed }: Parts,
  file: string | null,
): Choice {
  const at = (name: string) => `${prefix(here.path)}${name}`;
  const present = [
    ...configs.filter((name) => here.names.has(name)),
    ...[...here.names].filter((name) => others?.test(name)),
  ];
  return {
    folder: here.path,
    file: file === null ? null : at(file),
    weights: weights.names.map(at),
    small: [...present, ...(weights.index === null ? [] : [weights.index])].map(at),
    absent: needed
      .filter((group) => !group.some((name) => here.names.has(name)))
      .flatMap((group) => group.map(at)),
  };
}

function isWeights(name: string): boolean {
  return /\.(safetensors|bin|pt|pth|ckpt|npz|pkl|pkl\.gz)$/.test(name);
}

/** Written beside weights by those who train: how often latents fire, the state of the optimizer. */
function isBeside(name: string): boolean {
  return /sparsity|optimizer|scheduler|training_args|rng_state|act(ivation)?s?_store|scaler/.test(name);
}

/** Of what is named: itself, or the one that it lies in. */
function folderOf(files: readonly ListedFile[], within: string): string {
  const isFile = files.some(({ path }) => path === within);
  return isFile ? within.split('/').slice(0, -1).join('/') : within;
}

function namesIn(files: readonly ListedFile[], folder: string): ReadonlySet<string> {
  const start = prefix(folder);
  return new Set(
    files
      .filter(({ path }) => path.startsWith(start) && !path.slice(start.length).includes('/'))
      .map(({ path }) => path.slice(start.length)),
  );
}

function foldersWithWeights(files: readonly ListedFile[], within: string): string[] {
  const start = prefix(within);
  const folders = files.flatMap(({ path }) => {
    const slash = path.lastIndexOf('/');
    const name = path.slice(slash + 1);
    return path.startsWith(start) && slash > start.length - 1 && isWeights(name) && !isBeside(name)
      ? [path.slice(0, slash)]
      : [];
  });
  return [...new Set(folders)].toSorted(byNumber);
}

function prefix(folder: string): string {
  return folder === '' ? '' : `${folder}/`;
}

function inFolder(folder: string): string {
  return folder === '' ? '' : ` in ${folder}`;
}

function some(names: readonly string[]): string {
  const [shown, hidden] = [names.slice(0, 6), names.length - 6];
  return hidden > 0 ? `${shown.join(', ')} and ${hidden} more` : shown.join(', ');
}
