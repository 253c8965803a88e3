import { mkdir, stat } from 'node:fs/promises';
import * as path from 'node:path';
import { ClipsightError, hasCode } from '../../shared/errors';
import type { IndexReport } from '../../shared/library';
import { identities } from '../../shared/report';
import type { CallOptions } from '../../shared/rpc/protocol';
import type { EngineSupervisor } from '../../supervisor/engineSupervisor';
import { libraryFile, libraryRequest } from './library';
import type { IndexCommand } from './libraryArguments';
import { besideJson, type Output, withNotes } from './output';

const failuresShown = 20;

/** Throws ClipsightError where nothing at all could be indexed. */
export async function runIndex(
  command: IndexCommand,
  { remote }: EngineSupervisor,
  options: CallOptions,
): Promise<Output> {
  const library = libraryFile(command.library);
  for (const folder of command.folders) await demandFolder(folder);
  await mkdir(path.dirname(library), { recursive: true });
  const { include, exclude, contributions } = command;
  const request = {
    ...libraryRequest(command, library),
    roots: command.folders.map((folder) => ({
      folder: path.resolve(folder),
      ...(include.length === 0 ? {} : { include: [...include] }),
      ...(exclude.length === 0 ? {} : { exclude: [...exclude] }),
    })),
    others: 'keep' as const,
    contributions,
  };
  let report: IndexReport;
  try {
    report = await remote.indexLibrary(request, options);
  } catch (thrown) {
    if (!hasCode(thrown, 'cancelled')) throw thrown;
    const stderr = 'Stopped. What was indexed is in the library; run it again and it goes on from there.';
    return { stdout: '', stderr, exitCode: 130 };
  }
  const failed = failureLine(report);
  const notes = [...report.study.notes, ...report.notes];
  return {
    stdout: command.json
      ? `${JSON.stringify(reportJson(report, library))}\n`
      : withNotes(reportText(report, library), notes),
    stderr: command.json ? besideJson(notes, failed) : (failed ?? ''),
    exitCode: failed === null ? 0 : 2,
  };
}

/** A name that is mistyped would else give an empty library, or change nothing. */
async function demandFolder(folder: string): Promise<void> {
  const found = await stat(folder).catch(() => null);
  if (found?.isDirectory()) return;
  throw new ClipsightError('configuration', `${folder} is no folder.`, 'Give folders with images.');
}

/** The JSON that the command line promises. */
function reportJson({ study, ...report }: IndexReport, library: string) {
  return {
    library,
    ...identities(study),
    judge: report.judge ?? 'self',
    files: report.files,
    images: report.images,
    computed: report.computed,
    removed: report.removed,
    failures: report.failures,
    seconds: report.seconds,
    imagesPerSecond: report.imagesPerSecond,
    notes: report.notes,
  };
}

function reportText(report: IndexReport, library: string): string {
  const { study, judge, files, images, computed, removed, failures, seconds, imagesPerSecond } = report;
  const pace = imagesPerSecond === null ? '' : `, ${imagesPerSecond.toFixed(1)} per second`;
  const shown = failures.slice(0, failuresShown);
  return [
    library,
    `${study.model.id} · ${study.dictionary.id}, block ${study.dictionary.layer}, ${study.dictionary.tokens} tokens · ` +
      `judged by ${judge ?? 'itself'}`,
    `${images} images in ${files} files · ${computed} computed in ${seconds.toFixed(1)} s${pace} · ${removed} files removed`,
    ...(failures.length > 0 ? [`${failures.length} files failed:`] : []),
    ...shown.map(({ path: file, reason }) => `  ${file}: ${reason}`),
    ...(failures.length > shown.length
      ? [`  and ${failures.length - shown.length} more: --json lists all`]
      : []),
  ].join('\n');
}

function failureLine({ failures, files }: IndexReport): string | null {
  const [first] = failures;
  if (first === undefined) return null;
  const others = failures.length > 1 ? ` (${failures.length} of ${files} files failed.)` : '';
  return `${first.path}: ${first.reason}${others}`;
}
