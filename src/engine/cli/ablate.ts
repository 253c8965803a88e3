import * as path from 'node:path';
import type { AttributionResponse } from '../../shared/analysis';
import { classesOfFolders } from '../../shared/classFolders';
import { confidenceOf, promptConfidences } from '../../shared/confidence';
import type { Direction } from '../../shared/direction';
import type { EngineInfo } from '../../shared/engineProtocol';
import { ClipsightError } from '../../shared/errors';
import type { Intervention } from '../../shared/intervention';
import { buildReport, computedBy, identities, type ReportComponent } from '../../shared/report';
import type { CallOptions } from '../../shared/rpc/protocol';
import type { StudyInfo } from '../../shared/study';
import type { EngineSupervisor } from '../../supervisor/engineSupervisor';
import type { AblateCommand } from './ablateArguments';
import { type ImageAblation, imageAblationTable, libraryAblationTable } from './ablateTable';
import { askedIntervention } from './askedIntervention';
import { demandImages, groundNotes, presentLibrary } from './library';
import { besideJson, failureLine, noteLine, type Output, withNotes } from './output';
import { demandOneStudy, studyOf } from './study';

/** Throws ClipsightError where nothing at all could be computed. */
export function runAblate(
  command: AblateCommand,
  engine: EngineSupervisor,
  options: CallOptions,
): Promise<Output> {
  switch (command.of.kind) {
    case 'images':
      return ablateImages(command, command.of, engine, options);
    case 'library':
      return ablateLibrary(command, command.of, engine, options);
  }
}

async function ablateImages(
  { change, top, json, ...choice }: AblateCommand,
  { images, prompts }: Extract<AblateCommand['of'], { kind: 'images' }>,
  { remote }: EngineSupervisor,
  options: CallOptions,
): Promise<Output> {
  const study = studyOf(choice);
  const intervention = await askedIntervention(
    change,
    async () => (await remote.openStudy(study, options)).key,
  );
  const request = {
    study,
    images: images.map((image) => ({ kind: 'file' as const, path: path.resolve(image) })),
    directions: prompts.map((text): Direction => ({ kind: 'prompt', text })),
  };
  const before = await remote.attribute(request, options);
  const after = await remote.attribute({ ...request, intervention }, options);
  demandOneStudy([before.study, after.study]);
  const engine = await remote.describe({});
  const results = imageAblations(images, prompts, intervention, before, after, engine);
  const failure = failureLine(after.images);
  const notes = [...after.study.notes, ...after.notes];
  const about = { study: after.study, engine, intervention };
  const stdout = json
    ? `${JSON.stringify({ ...aboutJson(about), results: results.map((result) => listed(result, top)) })}\n`
    : withNotes(imageAblationTable(about, results, top), notes);
  return {
    stdout: results.length === 0 ? '' : stdout,
    stderr: json ? besideJson(notes, failure) : (failure ?? ''),
    exitCode: failure === null ? 0 : 2,
  };
}

/** Image by image, and within an image prompt by prompt; those that could be read both times. */
function imageAblations(
  images: readonly string[],
  prompts: readonly string[],
  intervention: Intervention,
  before: AttributionResponse,
  after: AttributionResponse,
  engine: EngineInfo,
): readonly ImageAblation[] {
  const { study } = after;
  const kind = confidenceOf(study.model);
  return images.flatMap((image, i) => {
    const [was, is] = [before.images[i], after.images[i]];
    if (was?.kind !== 'analysis' || is?.kind !== 'analysis') return [];
    const similarities = [was, is].map(({ analysis }) =>
      analysis.directions.map(({ similarity }) => similarity),
    );
    const confidences = similarities.map((ys) => promptConfidences(ys, study.model));
    const reported = buildReport({ engine, study, prompts, images: [{ name: image, outcome: is }] });
    const pair = (of: readonly (readonly number[])[], p: number) => ({
      before: of[0]![p]!,
      after: of[1]![p]!,
    });
    return prompts.map((prompt, p) => ({
      image,
      prompt,
      active: intervention
        .map(({ component }) => component)
        .filter((component) => was.analysis.latents.includes(component)),
      similarity: pair(similarities, p),
      confidence: { kind, ...pair(confidences, p) },
      components: reported.results[p]!.components,
    }));
  });
}

/** The JSON that the command line promises; components only where they are asked for. */
function listed({ confidence, components, ...result }: ImageAblation, top: number) {
  const { kind, before, after } = confidence;
  const shown: readonly ReportComponent[] = components.slice(0, top);
  return { ...result, [kind]: { before, after }, ...(top === 0 ? {} : { components: shown }) };
}

function aboutJson({
  study,
  engine,
  intervention,
}: {
  readonly study: StudyInfo;
  readonly engine: EngineInfo;
  readonly intervention: Intervention;
}) {
  return {
    engine: computedBy(engine, study),
    ...identities(study),
    intervention: intervention.map(({ component, factor }) => ({ latent: component, scale: factor })),
  };
}

async function ablateLibrary(
  { change, top, json, ...choice }: AblateCommand,
  { library: named, classTemplate }: Extract<AblateCommand['of'], { kind: 'library' }>,
  { remote }: EngineSupervisor,
  options: CallOptions,
): Promise<Output> {
  const library = presentLibrary(named);
  const request = { library, study: studyOf(choice), judge: null };
  const { key, folders } = await remote.classFolders(request, options);
  if (folders.length === 0) demandImages(await remote.libraryStatus(request, options), library);
  const intervention = await askedIntervention(change, async () => key);
  const classes = classesOfFolders(
    folders.map(({ name }) => name),
    classTemplate,
  );
  if (classes.length < 2) {
    throw new ClipsightError(
      'library',
      `${library} has fewer than two class folders of images indexed for this model and dictionary.`,
      'Index a folder that has a folder of images for each class.',
    );
  }
  const outcome = await remote.interveneLibrary({ ...request, intervention, classes, most: top }, options);
  if (outcome.grounds.key !== key) {
    throw new ClipsightError(
      'checkpoint',
      'The model or dictionary changed on disk while it was in use.',
      'Run it again when the files are complete.',
    );
  }
  const study = await remote.openStudy(request.study, options);
  const about = { study, engine: await remote.describe({}), intervention };
  const notes = [...study.notes, ...groundNotes(outcome.grounds), ...outcome.notes];
  if (!json) {
    return {
      stdout: withNotes(libraryAblationTable(about, library, classes, outcome), notes),
      stderr: '',
      exitCode: 0,
    };
  }
  const nameOf = (index: number) => classes[index]!.name;
  const { images, affected, accuracy, changes } = outcome;
  const value = {
    library,
    ...aboutJson(about),
    images,
    affected,
    accuracy,
    classes: outcome.classes.map((counts, i) => ({
      name: nameOf(i),
      folders: classes[i]!.folders,
      ...counts,
    })),
    changes,
    changed: outcome.changed.map(({ path: image, sha256, truth, before, after, scores }) => ({
      image,
      sha256,
      truth: truth === null ? null : nameOf(truth),
      before: nameOf(before),
      after: nameOf(after),
      scores,
    })),
    notes,
  };
  return { stdout: `${JSON.stringify(value)}\n`, stderr: noteLine(notes), exitCode: 0 };
}
