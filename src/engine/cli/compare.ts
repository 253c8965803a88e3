import * as path from 'node:path';
import type { Comparison } from '../../shared/comparison';
import {
  heatRows,
  type RankedComponent,
  rankedComponents,
  relationRows,
  type ScoreRow,
  scoreRows,
  twoBest,
} from '../../shared/comparisonTable';
import { confidenceOf } from '../../shared/confidence';
import type { EngineInfo } from '../../shared/engineProtocol';
import { identities } from '../../shared/report';
import type { CallOptions } from '../../shared/rpc/protocol';
import type { EngineSupervisor } from '../../supervisor/engineSupervisor';
import { directionsOf, type NamedDirection } from './attribute';
import type { CompareCommand } from './compareArguments';
import { comparisonTables } from './compareTable';
import { demandImages, groundNotes, libraryRequest, presentLibrary, vocabularyOf } from './library';
import { errorsLine, type Output, withNotes } from './output';
import { demandOneStudy, studyOf } from './study';

/** All that the command finds out. */
export interface Compared {
  readonly engine: EngineInfo;
  readonly images: readonly string[];
  readonly prompts: readonly NamedDirection[];
  readonly comparison: Comparison;
  /** One per prompt, in order. */
  readonly scores: readonly ScoreRow[];
  /** What separates the best prompt from another; null where there is no other. */
  readonly difference: Difference | null;
  /** Cosines among the prompts; null where they are too many for that. */
  readonly relation: readonly (readonly number[])[] | null;
  /** Of components, where a library tells them. */
  readonly labels: ReadonlyMap<number, string>;
}

export interface Difference {
  readonly of: string;
  readonly against: string;
  /** Of `of` less that of `against`, mean over the images. */
  readonly similarity: number;
  readonly components: readonly RankedComponent[];
}

/** What `relate` takes. */
const mostRelated = 100;

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
  const notes = [...comparison.study.notes, ...new Set(comparison.readings.flat())];
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
    stderr: failure ?? '',
    exitCode: failure === null ? 0 : 2,
  };
}

/** The best prompt and what it is told apart from: the next best, or the one that was named. */
async function separated(
  { versus, templates }: CompareCommand,
  prompts: readonly NamedDirection[],
  scores: readonly ScoreRow[],
): Promise<{ readonly of: NamedDirection; readonly against: NamedDirection } | null> {
  if (versus === null) {
    const best = twoBest(scores);
    return best && { of: prompts[best[0].direction]!, against: prompts[best[1].direction]! };
  }
  const [against] = await directionsOf({ prompts: [versus], promptsFile: null, templates, versus: null });
  const others = scores.filter(({ direction }) => prompts[direction]!.name !== versus);
  const [best] = others.toSorted((a, b) => b.similarity - a.similarity);
  return best === undefined ? null : { of: prompts[best.direction]!, against: against! };
}

/** The JSON that the command line promises. */
function comparisonJson({ engine, images, prompts, comparison, scores, ...found }: Compared) {
  const { study, failures, totals, readings } = comparison;
  const { version, device, precision } = engine;
  const label = (latent: number) => ({ label: found.labels.get(latent) ?? null });
  return {
    engine: { version, device, precision },
    ...identities(study),
    images: images.map((image, i) => ({ image, error: failures[i]?.message ?? null })),
    confidence: confidenceOf(study.model),
    prompts: prompts.map(({ name }, i) => ({
      prompt: name,
      similarity: scores[i]!.similarity,
      similarities: perImage(failures, scores[i]!.similarities),
      confidence: scores[i]!.confidence,
      readings: readings[i]!,
    })),
    components: heatRows(comparison, [...prompts.keys()]).map(({ component, activation, attributions }) => ({
      latent: component,
      ...label(component),
      activation,
      attributions,
    })),
    totals: [...totals],
    relation: found.relation,
    difference: found.difference && {
      of: found.difference.of,
      against: found.difference.against,
      similarity: found.difference.similarity,
      components: found.difference.components.map(({ component, ...rest }) => ({
        latent: component,
        ...label(component),
        ...rest,
      })),
    },
  };
}

/** One per image that was asked for: null where it was not scored. */
function perImage(failures: Comparison['failures'], similarities: readonly number[]): (number | null)[] {
  const scored = similarities.values();
  return failures.map((failure) => (failure === null ? scored.next().value! : null));
}
