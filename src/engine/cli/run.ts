import * as path from 'node:path';
import { buildReport, type Report } from '../../shared/report';
import type { CallOptions } from '../../shared/rpc/protocol';
import type { EngineSupervisor } from '../../supervisor/engineSupervisor';
import type { AttributeCommand, DownloadCommand, ExportCommand, InspectCommand } from './arguments';
import { directionsOf, requestOf } from './attribute';
import { cardTable } from './inspect';
import { besideJson, failureLine, type Output, withNotes } from './output';
import { sourceOf } from './source';
import { reportTable } from './table';

/** Throws ClipsightError where nothing at all could be computed. */
export async function runAttribute(
  command: AttributeCommand,
  { remote }: EngineSupervisor,
  options: CallOptions,
): Promise<Output> {
  const directions = await directionsOf(command);
  const response = await remote.attribute(requestOf(command, directions), options);
  const engine = await remote.describe({});
  const report = buildReport({
    engine,
    study: response.study,
    prompts: directions.map(({ name }) => name),
    images: response.images.map((outcome, i) => ({ name: command.images[i]!, outcome })),
  });
  const failure = failureLine(response.images);
  const notes = [...response.study.notes, ...response.notes];
  return {
    stdout:
      report.results.length === 0
        ? ''
        : command.json
          ? `${JSON.stringify(listed(report, command.top))}\n`
          : withNotes(reportTable(report, response.study.dictionary.point, command.top), notes),
    stderr: command.json ? besideJson(notes, failure) : (failure ?? ''),
    exitCode: failure === null ? 0 : 2,
  };
}

/** Throws ClipsightError as the engine does. */
export async function runInspect(
  { source, json }: InspectCommand,
  { remote }: EngineSupervisor,
  options: CallOptions,
): Promise<Output> {
  const card = await remote.inspect({ source: sourceOf(source) }, options);
  return { stdout: `${json ? JSON.stringify(card) : cardTable(card)}\n`, stderr: '', exitCode: 0 };
}

/** Throws ClipsightError as the engine does. */
export async function runDownload(
  { source, as }: DownloadCommand,
  { remote }: EngineSupervisor,
  options: CallOptions,
): Promise<Output> {
  const request = { source: sourceOf(source), ...(as === null ? {} : { kind: as }) };
  const { path: here } = await remote.download(request, options);
  return { stdout: `${here}\n`, stderr: '', exitCode: 0 };
}

/** Throws ClipsightError as the engine does. */
export async function runExport(
  { dictionary, folder, model, layer, tokens }: ExportCommand,
  { remote }: EngineSupervisor,
  options: CallOptions,
): Promise<Output> {
  const request = {
    dictionary: sourceOf(dictionary),
    folder: path.resolve(folder),
    model: model === null ? null : sourceOf(model),
    ...(layer === null ? {} : { layer }),
    ...(tokens === null ? {} : { tokens }),
  };
  const written = await remote.exportDictionary(request, options);
  return { stdout: `${written.folder}\n`, stderr: '', exitCode: 0 };
}

/** The JSON that the command line promises: the report with the first `top` components of each result. */
function listed({ engine, model, dictionary, results }: Report, top: number) {
  return {
    engine,
    model,
    dictionary,
    results: results.map((result) => ({ ...result, components: result.components.slice(0, top) })),
  };
}
