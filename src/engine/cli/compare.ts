import * as path from 'node:path';
import { mostCompared, mostRelated } from '../../shared/comparison';
import { type Compared, comparisonJson } from '../../shared/comparisonReport';
import { rankedComponents, relationRows, type ScoreRow, scoreRows } from '../../shared/comparisonTable';
import { ClipsightError } from '../../shared/errors';
import type { CallOptions } from '../../shared/rpc/protocol';
import type { EngineSupervisor } from '../../supervisor/engineSupervisor';
import { directionsOf, type NamedDirection } from './attribute';
import type { CompareCommand } from './compareArguments';
import { comparisonTables } from './compareTable';
import { demandImages, groundNotes, libraryRequest, presentLibrary, vocabularyOf } from './library';
import { besideJson, errorsLine, type Output, withNotes } from './output';
import { demandOneStudy, studyOf } from './study';

/** Throws ClipsightError as the engine does: where no image could be scored, for one. */
export async function runCompare(
  command: CompareCommand,
  { remote }: EngineSupervisor,
  options: CallOptions,
): Promise<Output> {
  const study = studyOf(command);
  const images = command.images.map((image) => ({ kind: 'file' as const, path: path.resolve(image) }));
  const library = command.library === null ? null : presentLibrary(command.library);
  const prompts = await directionsOf({ ...command, versus: null });
  if (prompts.length > mostCompared) {
    throw new ClipsightError(
      'prompt',
      `${prompts.length} prompts are too many to compare.`,
      `Give at most ${mostCompared}.`,
    );
  }
  const directions = prompts.map(({ direction }) => direction);
  const comparison = await remote.compare({ study, images, directions, most: command.top }, options);
  const scores = scoreRows(comparison, comparison.study.model, [...prompts.keys()]);

  const pair = await separated(command, prompts, scores);
  const versus =
    pair === null
      ? null
      : await remote.compare(
          {
            study,
            images,
            directions: [{ kind: 'versus', of: pair.of.direction, against: [pair.against.direction] }],
            most: command.top,
          },
          options,
        );
  const relation = prompts.length > mostRelated ? null : await remote.relate({ study, directions }, options);
  demandOneStudy([comparison, versus, relation].flatMap((result) => result?.study ?? []));

  const labels = new Map<number, string>();
  const notes = [
    ...comparison.study.notes,
    ...new Set([comparison, versus].flatMap((one) => one?.readings.flat() ?? [])),
  ];
  if (library !== null) {
    const request = { ...libraryRequest(command, library), vocabulary: await vocabularyOf(command, []) };
    const components = [...new Set([...comparison.components, ...(versus?.components ?? [])])];
    const named = await remote.summarise({ ...request, components }, options);
    demandImages(named.grounds, library);
    notes.push(...groundNotes(named.grounds));
    for (const { component, annotation, labels: texts } of named.components) {
      const label = annotation.name ?? texts[0]?.text;
      if (label !== undefined) labels.set(component, label);
    }
  }
  const compared: Compared = {
    engine: await remote.describe({}),
    images: command.images,
    prompts,
    comparison,
    scores,
    difference:
      pair === null || versus === null
        ? null
        : {
            of: pair.of.name,
            against: pair.against.name,
            similarity: scoreRows(versus, versus.study.model, [0])[0]!.similarity,
            components: rankedComponents(versus, 0, command.top),
          },
    relation: relation && relationRows(relation),
    labels,
  };
  const failure = errorsLine(comparison.failures);
  return {
    stdout: command.json
      ? `${JSON.stringify(comparisonJson(compared))}\n`
      : withNotes(comparisonTables(compared), notes),
    stderr: command.json ? besideJson(notes, failure) : (failure ?? ''),
    exitCode: failure === null ? 0 : 2,
  };
}

/** The best prompt and what it is told apart from: the next best, or the one that was named. */
async function separated(
  { versus, templates }: CompareCommand,
  prompts: readonly NamedDirection[],
  scores: readonly ScoreRow[],
): Promise<{ readonly of: NamedDirection; readonly against: NamedDirection } | null> {
  const ranked = scores
    .toSorted((a, b) => b.similarity - a.similarity)
    .map(({ direction }) => prompts[direction]!);
  // There is nothing between a prompt and itself: one that was given twice is told apart from the next.
  const without = (name: string) => ranked.find((other) => other.name !== name);
  if (versus === null) {
    const [of] = ranked;
    const against = of && without(of.name);
    return against ? { of, against } : null;
  }
  const [against] = await directionsOf({ prompts: [versus], promptsFile: null, templates, versus: null });
  const of = without(versus);
  return of ? { of, against: against! } : null;
}
