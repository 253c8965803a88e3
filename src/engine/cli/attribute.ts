import { readFile } from 'node:fs/promises';
import * as path from 'node:path';
import type { AttributionRequest } from '../../shared/analysis';
import type { Direction } from '../../shared/direction';
import { ClipsightError } from '../../shared/errors';
import { parsePromptFile } from '../../shared/promptFile';
import type { StudyRequest } from '../../shared/study';
import type { AttributeCommand } from './arguments';
import { sourceOf } from './source';

/** The bundled model and dictionary lie beside the programs. */
const models = path.resolve(__dirname, '../models');

/** A prompt as it is named in the report, and the direction that it stands for. */
export interface NamedDirection {
  readonly name: string;
  readonly direction: Direction;
}

export function studyOf({ model, dictionary, layer, tokens, acceptPoor }: AttributeCommand): StudyRequest {
  return {
    model: sourceOf(model ?? path.join(models, 'emoji-clip')),
    dictionary: dictionaryOf(model, dictionary),
    ...(acceptPoor ? { acceptPoor } : {}),
    ...(layer === null ? {} : { layer }),
    ...(tokens === null ? {} : { tokens }),
  };
}

function dictionaryOf(model: string | null, dictionary: string | null): string {
  if (dictionary === null) return model === null ? path.join(models, 'sae-cls') : 'neurons:-2';
  return sourceOf(dictionary);
}

/** Throws ClipsightError `prompt` where a file cannot be read. */
export async function directionsOf(command: AttributeCommand): Promise<NamedDirection[]> {
  const prompts = [...command.prompts, ...(await promptsIn(command.promptsFile))];
  if (prompts.length === 0) {
    throw new ClipsightError(
      'prompt',
      `${command.promptsFile} has no prompts.`,
      'Write one prompt per line.',
    );
  }
  const { templates, versus } = command;
  const plain = (text: string): Direction =>
    templates.length === 0
      ? { kind: 'prompt', text }
      : { kind: 'ensemble', name: text, texts: templates.map((template) => template.replaceAll('{}', text)) };
  return prompts.map((text) => ({
    name: text,
    direction: versus === null ? plain(text) : { kind: 'versus', of: plain(text), against: [plain(versus)] },
  }));
}

async function promptsIn(file: string | null): Promise<string[]> {
  if (file === null) return [];
  let text: string;
  try {
    text = await readFile(file, 'utf8');
  } catch (thrown) {
    const reason =
      thrown instanceof Error && 'code' in thrown && thrown.code === 'ENOENT'
        ? 'no such file'
        : 'it cannot be read';
    throw new ClipsightError(
      'prompt',
      `${file}: ${reason}.`,
      'Give the path of a file with one prompt per line.',
    );
  }
  try {
    return parsePromptFile(text);
  } catch (thrown) {
    if (!(thrown instanceof ClipsightError)) throw thrown;
    throw new ClipsightError(thrown.code, `${file}: ${thrown.message}`, thrown.remedy);
  }
}

export function requestOf(
  command: AttributeCommand,
  directions: readonly NamedDirection[],
): AttributionRequest {
  return {
    study: studyOf(command),
    images: command.images.map((image) => ({ kind: 'file', path: path.resolve(image) })),
    directions: directions.map(({ direction }) => direction),
  };
}
