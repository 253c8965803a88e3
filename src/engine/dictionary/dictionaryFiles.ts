import { readdir, stat } from 'node:fs/promises';
import { join } from 'node:path';
import { ClipsightError } from '../../shared/errors';
import { unreadable } from '../checkpoint/files';
import { additionsName } from './formats/additions';

/** What the projects call their weights: a folder that has a file of one of these names is that dictionary. */
export const namedWeights = [
  'sae.safetensors',
  'sae_weights.safetensors',
  'params.npz',
  'ae.pt',
  'sae.pt',
  'last.ckpt',
];

/** What the readers of formats look for beside the weights. */
const companions = ['config.json', 'cfg.json', 'activation_scaler.json', additionsName];

/** Whether a file is read beside weights, if it lies there: how they were trained, or what a person added. */
export function isCompanion(name: string): boolean {
  return companions.includes(name) || /\.ya?ml$/i.test(name);
}

/** What training counted, which Prisma and SAELens keep beside the weights. */
const statistics = /_log_feature_sparsity\.|^sparsity\./;
const torchFile = /\.(pt|pth|ckpt|bin|pkl|pkl\.gz)$/i;

/** The file of weights that a path names: itself, or in a folder the one that there is. */
export async function findWeights(
  source: string,
): Promise<{ readonly isFolder: boolean; readonly file: string }> {
  const isFolder = await stat(source).then(
    (found) => found.isDirectory(),
    (thrown: unknown) => {
      throw unreadable(source, 'dictionary', thrown);
    },
  );
  if (!isFolder) return { isFolder, file: source };
  const files = await namesIn(source);
  const named = namedWeights.filter((name) => files.includes(name));
  const torch = files.filter((name) => torchFile.test(name) && !statistics.test(name));
  const candidates = named.length > 0 ? named : torch;
  const [only, another] = candidates;
  if (another !== undefined) {
    throw new ClipsightError(
      'dictionary',
      `${source} has several files of weights: ${candidates.slice(0, 6).join(', ')}.`,
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

export async function namesIn(folder: string): Promise<string[]> {
  return readdir(folder).catch((thrown: unknown) => {
    throw unreadable(folder, 'dictionary', thrown);
  });
}
