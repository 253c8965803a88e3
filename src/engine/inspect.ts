import { stat } from 'node:fs/promises';
import * as path from 'node:path';
import type { Source } from '../shared/engineProtocol';
import { ClipsightError, hasCode } from '../shared/errors';
import type { Card } from '../shared/inspection';
import type { MaterialiseOptions } from './checkpoint/weightCache';
import { readClip, readDesign } from './clip/checkpoint';
import { modelCard } from './clip/modelCard';
import { dictionaryCard } from './dictionary/dictionaryCard';
import { readDictionary } from './dictionary/readDictionary';
import { type RemoteFiles, withSource } from './hub/remote';
import type { HubKind } from './hub/source';

/**
 * What a model or dictionary is. Its weights are neither loaded nor downloaded: of a model on the hub the configuration
 * and the header of the weights are enough. Without `kind`, what it is is found out.
 *
 * @throws ClipsightError
 */
export async function inspect(
  { source, kind }: { readonly source: string; readonly kind?: Source['kind'] | undefined },
  options: MaterialiseOptions,
): Promise<Card> {
  if (/^(neurons|heads):/.test(source)) {
    throw new ClipsightError(
      'dictionary',
      `${source} is part of whatever model it is used with.`,
      'Inspect the model.',
    );
  }
  if (kind !== undefined) return inspectAs(kind, source, options);
  try {
    return await inspectAs('model', source, options);
  } catch (asModel) {
    if (!hasCode(asModel, 'checkpoint')) throw asModel;
    return inspectAs('dictionary', source, options).catch((asDictionary: unknown) => {
      throw hasCode(asDictionary, 'dictionary') ? neither(source, asModel, asDictionary) : asDictionary;
    });
  }
}

function neither(source: string, asModel: ClipsightError, asDictionary: ClipsightError): ClipsightError {
  return new ClipsightError(
    'configuration',
    `${source} is neither a model nor a dictionary that can be read. As a model: ${asModel.message} As a dictionary: ${asDictionary.message}`,
    asModel.remedy,
  );
}

function inspectAs(kind: HubKind, source: string, options: MaterialiseOptions): Promise<Card> {
  return withSource<Card>(
    source,
    kind,
    options,
    ({ path: here }) =>
      kind === 'model' ? localModel(here, source) : localDictionary(here, source, options),
    (files) => (kind === 'model' ? remoteModel(files, source) : remoteDictionary(files, source)),
  );
}

async function localModel(here: string, source: string): Promise<Card> {
  const checkpoint = await readClip(here);
  return modelCard({ ...checkpoint, source, files: await sizesOf(checkpoint.weightsFiles) });
}

async function localDictionary(here: string, source: string, options: MaterialiseOptions): Promise<Card> {
  return { ...dictionaryCard(await readDictionary(here, options)), source };
}

function sizesOf(files: readonly string[]): Promise<{ path: string; size: number }[]> {
  return Promise.all(files.map(async (file) => ({ path: file, size: (await stat(file)).size })));
}

/** Small files are downloaded, of the weights only what says where they lie. */
async function remoteModel(remote: RemoteFiles, source: string): Promise<Card> {
  const { repo, choice } = remote;
  const [weights, another] = choice.weights;
  if (weights === undefined || another !== undefined || !weights.endsWith('.safetensors')) {
    throw notHere(remote, source, 'checkpoint');
  }
  const small = await Promise.all(choice.small.map((file) => remote.smallFile(file)));
  const tensors = await remote.safetensors(weights);
  const design = await readDesign(tensors, {
    path: repo,
    folder: path.dirname(small[0] ?? repo),
    present: new Set(small.map((file) => path.basename(file))),
    weights,
  });
  return modelCard({
    ...design,
    id: repo,
    source,
    files: filesOf(remote),
    logitScale: null,
    logitBias: null,
  });
}

/** What a dictionary is stands in its weights as much as in its configuration: thresholds, shapes, pickled settings. */
async function remoteDictionary(remote: RemoteFiles, source: string): Promise<Card> {
  throw notHere(remote, source, 'dictionary');
}

function notHere(remote: RemoteFiles, source: string, code: 'checkpoint' | 'dictionary'): ClipsightError {
  const megabytes = filesOf(remote).reduce((sum, { size }) => sum + size, 0) / 1e6;
  return new ClipsightError(
    code,
    `${source} is not on this machine (${megabytes.toFixed(0)} MB), and what it is stands in its weights.`,
    'Download it first.',
  );
}

function filesOf({ choice, list }: RemoteFiles): { path: string; size: number }[] {
  return list()
    .filter(({ path: file }) => choice.weights.includes(file))
    .map(({ path: file, size }) => ({ path: file, size }));
}
