import * as path from 'node:path';
import { classesOfFolders, defaultClassTemplate } from '../../shared/classFolders';
import { ClipsightError } from '../../shared/errors';
import type { FittedProbe, Probe } from '../../shared/probe';
import type { CallOptions } from '../../shared/rpc/protocol';
import type { EngineSupervisor } from '../../supervisor/engineSupervisor';
import { writeProbe } from '../probe/writeProbe';
import { presentLibrary } from './library';
import { besideJson, type Output, withNotes } from './output';
import type { FitProbeCommand, ProbeCommand, ShowProbeCommand } from './probeArguments';
import { studyOf } from './study';

/** Throws ClipsightError as the engine does. */
export function runProbe(
  command: ProbeCommand,
  engine: EngineSupervisor,
  options: CallOptions,
): Promise<Output> {
  switch (command.kind) {
    case 'fit-probe':
      return fitProbe(command, engine, options);
    case 'show-probe':
      return showProbe(command, engine, options);
  }
}

async function fitProbe(
  command: FitProbeCommand,
  { remote }: EngineSupervisor,
  options: CallOptions,
): Promise<Output> {
  const { out, heldOut, c, seed, json } = command;
  const library = presentLibrary(command.library);
  const study = studyOf(command);
  const known = (await remote.classFolders({ library, study, judge: null }, options)).folders.map(
    ({ name }) => name,
  );
  const folders = command.folders.length === 0 ? known : command.folders;
  demandFolders(folders, known, library);
  const classes = classesOfFolders(folders, defaultClassTemplate).map(({ name, folders: of }) => ({
    name,
    folders: [...of],
  }));
  if (classes.length < 2) {
    throw new ClipsightError(
      'configuration',
      `${library} has ${classes.length === 0 ? 'no class folders' : 'one class folder'} to fit a probe to.`,
      'Index a folder whose folders are classes, or name more with --folder.',
    );
  }
  const name = command.name ?? path.basename(out, path.extname(out));
  const fitted = await remote.fitProbe({ library, study, name, classes, heldOut, c: [...c], seed }, options);
  const { model } = await remote.openStudy(study, options);
  const about = { model: model.id, seed, c: fitted.c, images: fitted.images, accuracy: fitted.accuracy };
  await writeProbe(out, fitted.probe, { fitted: about });
  return {
    stdout: json
      ? `${JSON.stringify({ file: path.resolve(out), name, classes: classes.map((one) => one.name), ...about })}\n`
      : withNotes(fittedText(out, fitted, model.id), fitted.notes),
    stderr: json ? besideJson(fitted.notes, null) : '',
    exitCode: 0,
  };
}

/** Throws ClipsightError `configuration` that names the folder. */
function demandFolders(folders: readonly string[], known: readonly string[], library: string): void {
  const unknown = folders.find((folder) => !known.includes(folder));
  if (unknown === undefined) return;
  throw new ClipsightError(
    'configuration',
    `${library} has no images in a class folder “${unknown}”.`,
    `It has ${known.slice(0, 10).join(', ')}${known.length > 10 ? ` and ${known.length - 10} more` : ''}.`,
  );
}

function fittedText(out: string, { probe, c, images, accuracy }: FittedProbe, model: string): string {
  const percent = (share: number) => `${(100 * share).toFixed(1)} %`;
  return [
    out,
    `${probe.classes.length} classes on ${probe.input} embeddings of ${model} · C = ${c}`,
    `${percent(accuracy.fitted)} of the ${images.fitted} images that it was fitted to are put into their class, ` +
      `${percent(accuracy.heldOut)} of the ${images.heldOut} held out`,
  ].join('\n');
}

const classesShown = 20;

async function showProbe(
  { file, json }: ShowProbeCommand,
  { remote }: EngineSupervisor,
  options: CallOptions,
): Promise<Output> {
  const { probe, notes } = await remote.readProbe({ file: path.resolve(file) }, options);
  return {
    stdout: json ? `${JSON.stringify(shown(probe))}\n` : withNotes(shownText(probe), notes),
    stderr: json ? besideJson(notes, null) : '',
    exitCode: 0,
  };
}

function shown({ name, input, classes }: Probe) {
  return {
    name,
    input,
    embedding: classes[0]!.weights.length,
    classes: classes.map(({ name: of, weights, bias }) => ({
      name: of,
      length: Math.hypot(...weights),
      bias,
    })),
  };
}

function shownText(probe: Probe): string {
  const { name, input, embedding, classes } = shown(probe);
  const some = classes.slice(0, classesShown);
  const left = classes.length - some.length;
  return [
    `${name} · ${classes.length} classes on ${input} embeddings of ${embedding} numbers`,
    `${'length'.padStart(10)}${'bias'.padStart(10)}  class`,
    ...some.map(
      ({ name: of, length, bias }) =>
        `${length.toFixed(3).padStart(10)}${bias.toFixed(3).replace('-', '−').padStart(10)}  ${of}`,
    ),
    ...(left > 0 ? [`${String(left).padStart(10)} more: --json lists all`] : []),
  ].join('\n');
}
