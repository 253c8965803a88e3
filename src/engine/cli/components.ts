import * as path from 'node:path';
import type { ComponentCard, Grounds, SearchHit } from '../../shared/library';
import type { CallOptions } from '../../shared/rpc/protocol';
import type { EngineSupervisor } from '../../supervisor/engineSupervisor';
import { cardTable, hitTable } from './componentTable';
import { demandImages, groundNotes, libraryRequest, presentLibrary, vocabularyOf } from './library';
import type { LatentCommand, SearchCommand } from './libraryArguments';
import { noteLine, type Output, withNotes } from './output';

/** Throws ClipsightError `library` where there is none, or nothing about the latent's dictionary in it. */
export async function runLatent(
  command: LatentCommand,
  { remote }: EngineSupervisor,
  options: CallOptions,
): Promise<Output> {
  const { latent, prompts, top, json } = command;
  const library = presentLibrary(command.library);
  const request = {
    ...libraryRequest(command, library),
    vocabulary: await vocabularyOf(command, prompts),
    component: latent,
    prompts: [...prompts],
    samples: { order: { kind: 'max' as const }, most: top },
  };
  const { grounds, card } = await remote.examine(request, options);
  demandImages(grounds, library);
  return result(grounds, json, latentJson(card, grounds), () => cardTable(card, grounds));
}

/** Throws ClipsightError `library` as `runLatent` does. */
export async function runSearch(
  command: SearchCommand,
  { remote }: EngineSupervisor,
  options: CallOptions,
): Promise<Output> {
  const { query, top, json } = command;
  const library = presentLibrary(command.library);
  const request = {
    ...libraryRequest(command, library),
    vocabulary: await vocabularyOf(command, []),
    query:
      query.kind === 'text'
        ? query
        : { kind: 'image' as const, image: { kind: 'file' as const, path: path.resolve(query.file) } },
    most: top,
  };
  const { grounds, hits } = await remote.searchComponents(request, options);
  demandImages(grounds, library);
  const named = query.kind === 'text' ? query.text : query.file;
  return result(grounds, json, searchJson(named, hits, grounds), () => hitTable(named, hits, grounds));
}

function result(grounds: Grounds, json: boolean, value: unknown, text: () => string): Output {
  const notes = groundNotes(grounds);
  return json
    ? { stdout: `${JSON.stringify(value)}\n`, stderr: noteLine(notes), exitCode: 0 }
    : { stdout: withNotes(text(), notes), stderr: '', exitCode: 0 };
}

/** The JSON that the command line promises. */
function latentJson({ summary, samples, ...card }: ComponentCard, { judge }: Grounds) {
  return {
    latent: summary.component,
    label: summary.labels[0]?.text ?? null,
    labels: summary.labels,
    n: summary.n,
    judge: judge ?? 'self',
    clarity: card.clarity,
    polysemanticity: card.polysemanticity?.score ?? null,
    redundancy: card.redundancy,
    firingRate: summary.firingRate,
    maxActivation: card.maxActivation,
    samples: samples.map(({ path: image, activation, token }) => ({ image, activation, token })),
  };
}

/** The JSON that the command line promises. */
function searchJson(query: string, hits: readonly SearchHit[], { judge, images }: Grounds) {
  return {
    query,
    judge: judge ?? 'self',
    images,
    hits: hits.map(({ component: { component, annotation, labels, n, firingRate }, by, score }) => ({
      latent: component,
      name: annotation.name,
      label: labels[0]?.text ?? null,
      by,
      score,
      n,
      firingRate,
    })),
  };
}
