import * as path from 'node:path';
import type { AttributionRequest } from '../../shared/analysis';
import type { Direction } from '../../shared/direction';
import { ClipsightError } from '../../shared/errors';
import type { AttributeCommand } from './arguments';
import { textsIn } from './promptFiles';
import { studyOf } from './study';

/** A prompt as it is named in the report, and the direction that it stands for. */
export interface NamedDirection {
  readonly name: string;
  readonly direction: Direction;
}

/** Throws ClipsightError `prompt` where a file cannot be read. */
export async function directionsOf(
  command: Pick<AttributeCommand, 'prompts' | 'promptsFile' | 'templates' | 'versus'>,
): Promise<NamedDirection[]> {
  const prompts = [
    ...command.prompts,
    ...(command.promptsFile === null ? [] : await textsIn(command.promptsFile)),
  ];
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
