import { stat } from 'node:fs/promises';
import * as path from 'node:path';
import type { Source } from '../shared/engineProtocol';
import { ClipsightError, hasCode } from '../shared/errors';
import type { Card } from '../shared/inspection';
import type { MaterialiseOptions } from './checkpoint/weightCache';
import { readClip } from './clip/checkpoint';
import { modelCard } from './clip/modelCard';
import { dictionaryCard } from './dictionary/dictionaryCard';
import { isOfModel } from './dictionary/openDictionary';
import { type ReadOptions, readDictionary } from './dictionary/readDictionary';
import { withOutline } from './hub/outline';
import { type RemoteFiles, withSource } from './hub/remote';
import { type HubKind, ownerOf } from './hub/source';

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
  return kind === undefined ? inspectEither(source, options) : inspectAs(kind, source, options);
}

/**
 * Which of the two a source is.
 *
 * @throws ClipsightError as inspect does
 */
export async function kindOf(source: string, options: MaterialiseOptions): Promise<HubKind> {
  const anyway = 'To download it anyway, say what it is: --kind model, or --kind dictionary.';
  return (await inspectEither(source, options, anyway)).kind;
}

/** As a model or, where it is none, as a dictionary. `anyway` is what else can be done with what is neither. */
async function inspectEither(
  source: string,
  options: MaterialiseOptions,
  anyway: string | null = null,
): Promise<Card> {
  try {
    return await inspectAs('model', source, options);
  } catch (asModel) {
    if (!hasCode(asModel, 'checkpoint')) throw asModel;
    return inspectAs('dictionary', source, options).catch((asDictionary: unknown) => {
      throw hasCode(asDictionary, 'dictionary')
        ? neither(source, asModel, asDictionary, anyway)
        : asDictionary;
    });
  }
}

function neither(
  source: string,
  asModel: ClipsightError,
  asDictionary: ClipsightError,
  anyway: string | null,
): ClipsightError {
  // Of what is not there, or cannot be chosen, both say the same.
  const isOne = asModel.message === asDictionary.message;
  const message = isOne
    ? asModel.message
    : `${source} is neither a model nor a dictionary that can be read. As a model: ${asModel.message} As a dictionary: ${asDictionary.message}`;
  const remedies = isOne
    ? [asModel.remedy, anyway]
    : [`For a model: ${asModel.remedy}`, `For a dictionary: ${asDictionary.remedy}`, anyway];
  return new ClipsightError('configuration', message, remedies.filter(Boolean).join(' '));
}

async function inspectAs(kind: HubKind, source: string, options: MaterialiseOptions): Promise<Card> {
  if (isOfModel(source)) {
    throw new ClipsightError(
      'dictionary',
      `${source} is part of whatever model it is used with.`,
      'Name the model.',
    );
  }
  const card = await withSource<Card>(
    source,
    kind,
    options,
    ({ path: here }) => cardOf(kind, here, options),
    (remote) => remoteCard(kind, remote, source, options),
  );
  return { ...card, source };
}

async function cardOf(kind: HubKind, here: string, options: ReadOptions): Promise<Card> {
  switch (kind) {
    case 'model': {
      const checkpoint = await readClip(here);
      return modelCard({ ...checkpoint, source: here, files: await sizesOf(checkpoint.weightsFiles) });
    }
    case 'dictionary':
      return dictionaryCard(await readDictionary(here, options));
  }
}

function sizesOf(files: readonly string[]): Promise<{ path: string; size: number }[]> {
  return Promise.all(files.map(async (file) => ({ path: file, size: (await stat(file)).size })));
}

/** From an outline of the files, which has what a card says and no weights. */
async function remoteCard(
  kind: HubKind,
  remote: RemoteFiles,
  source: string,
  options: MaterialiseOptions,
): Promise<Card> {
  const { choice } = remote;
  const needed = [...choice.weights, ...choice.small];
  const files = remote.list().filter((file) => needed.includes(file.path));
  const card = await withOutline(remote, ownerOf[kind], (here) =>
    cardOf(kind, here, { ...options, outline: true }),
  );
  return {
    ...card,
    ...(card.kind === 'model' && card.tokenizer !== null ? { tokenizer: path.basename(card.tokenizer) } : {}),
    id: source,
    files: files.map((file) => ({ path: file.path, size: file.size })),
    notes: [...card.notes, `It is on the hub, not on this machine: ${megabytes(files)} MB.`],
  };
}

function megabytes(files: readonly { readonly size: number }[]): string {
  return (files.reduce((sum, { size }) => sum + size, 0) / 1e6).toFixed(0);
}
