import type { MatchedImage, Matches } from '../../shared/comparison';
import type { Direction } from '../../shared/direction';
import type { CallOptions } from '../../shared/rpc/protocol';
import type { EngineSupervisor } from '../../supervisor/engineSupervisor';
import { demandImages, groundNotes, libraryRequest, presentLibrary } from './library';
import type { MatchCommand } from './libraryArguments';
import { noteLine, type Output, withNotes } from './output';

/** Throws ClipsightError `library` where there is none, or no image of the model in it. */
export async function runMatch(
  command: MatchCommand,
  { remote }: EngineSupervisor,
  options: CallOptions,
): Promise<Output> {
  const { prompts, most, json } = command;
  const library = presentLibrary(command.library);
  const directions = prompts.map((text): Direction => ({ kind: 'prompt', text }));
  const found = await remote.matchImages(
    { ...libraryRequest({ ...command, judge: 'self' }, library), directions, most },
    options,
  );
  demandImages(found.grounds, library);
  const notes = groundNotes(found.grounds);
  return json
    ? {
        stdout: `${JSON.stringify(matchJson(prompts, found))}\n`,
        stderr: noteLine(notes),
        exitCode: 0,
      }
    : { stdout: withNotes(matchTable(prompts, found), notes), stderr: '', exitCode: 0 };
}

/** The JSON that the command line promises. */
export function matchJson(prompts: readonly string[], { grounds, directions }: Matches) {
  const shown = (some: readonly MatchedImage[]) =>
    some.map(({ path: image, sha256, similarity }) => ({ image, sha256, similarity }));
  return {
    images: grounds.images,
    prompts: prompts.map((prompt, i) => ({
      prompt,
      best: shown(directions[i]!.best),
      worst: shown(directions[i]!.worst),
    })),
  };
}

/** For people. */
export function matchTable(prompts: readonly string[], { grounds, directions }: Matches): string {
  const row = ({ similarity, path }: MatchedImage) =>
    `${similarity.toFixed(4).replace('-', '−').padStart(12)}  ${path}`;
  return prompts
    .map((prompt, i) =>
      [
        `“${prompt}” · ${grounds.images} images`,
        '  best',
        ...directions[i]!.best.map(row),
        '  worst',
        ...directions[i]!.worst.map(row),
      ].join('\n'),
    )
    .join('\n\n');
}
