import * as path from 'node:path';
import { fromErrorInfo } from '../../shared/errors';
import { computedBy, identities } from '../../shared/report';
import type { CallOptions } from '../../shared/rpc/protocol';
import type { Words } from '../../shared/words';
import type { EngineSupervisor } from '../../supervisor/engineSupervisor';
import { noteLine, type Output, withNotes } from './output';
import { studyOf } from './study';
import type { WordsCommand } from './wordsArguments';
import { wordsTable } from './wordsTable';

/** Throws ClipsightError as the engine does. */
export async function runWords(
  command: WordsCommand,
  { remote }: EngineSupervisor,
  options: CallOptions,
): Promise<Output> {
  const asked = await latentsOf(command, remote, options);
  const words = await remote.attributeWords(
    { study: studyOf(command), image: imageOf(command), text: command.prompt, components: [...asked] },
    options,
  );
  const notes = [...words.study.notes, ...words.notes, ...silentNotes(asked, words)];
  if (!command.json) {
    return { stdout: withNotes(wordsTable(command, words), notes), stderr: '', exitCode: 0 };
  }
  const json = { engine: computedBy(await remote.describe({}), words.study), ...wordsJson(command, words) };
  return { stdout: `${JSON.stringify(json)}\n`, stderr: noteLine(notes), exitCode: 0 };
}

const imageOf = ({ image }: WordsCommand) => ({ kind: 'file', path: path.resolve(image) }) as const;

async function latentsOf(
  command: WordsCommand,
  remote: EngineSupervisor['remote'],
  options: CallOptions,
): Promise<readonly number[]> {
  const { components } = command;
  switch (components.kind) {
    case 'latents':
      return components.latents;
    case 'top': {
      if (components.top === 0) return [];
      const { images } = await remote.attribute(
        {
          study: studyOf(command),
          images: [imageOf(command)],
          directions: [{ kind: 'prompt', text: command.prompt }],
        },
        options,
      );
      const outcome = images[0]!;
      if (outcome.kind === 'failure') throw fromErrorInfo(outcome.error);
      const { latents, directions } = outcome.analysis;
      const { attributions } = directions[0]!;
      return Array.from(latents, (latent, i) => ({ latent, size: Math.abs(attributions[i]!) }))
        .sort((a, b) => b.size - a.size)
        .slice(0, components.top)
        .map(({ latent }) => latent);
    }
  }
}

function silentNotes(asked: readonly number[], { components }: Words): string[] {
  const active = new Set(components.map(({ component }) => component));
  const silent = asked.filter((latent) => !active.has(latent));
  if (silent.length === 0) return [];
  return [`Not active in the image: ${silent.join(', ')}.`];
}

/** The JSON that the command line promises. */
function wordsJson({ image, prompt }: WordsCommand, found: Words) {
  return {
    ...identities(found.study),
    image,
    prompt,
    similarity: found.similarity,
    tokens: found.tokens.map((token, t) => ({ ...token, contribution: found.contributions[t]! })),
    words: found.words,
    components: found.components.map(({ component, attribution, contributions, leaveOneOut }) => ({
      latent: component,
      attribution,
      contributions: [...contributions],
      leaveOneOut: [...leaveOneOut],
    })),
  };
}
