import { stat, writeFile } from 'node:fs/promises';
import * as path from 'node:path';
import { auditHtml, mostPictureLength } from '../../shared/auditHtml';
import { picturesOf } from '../../shared/auditHtmlFinding';
import { auditMarkdown } from '../../shared/auditMarkdown';
import { type AuditReportInput, auditJsonText } from '../../shared/auditReport';
import { ClipsightError } from '../../shared/errors';
import type { CallOptions } from '../../shared/rpc/protocol';
import type { EngineSupervisor } from '../../supervisor/engineSupervisor';
import type { AuditCommand } from './auditArguments';

/** Longer side of the pictures in a report, in pixels. */
const pictureSize = 128;

interface Pictures {
  readonly library: string;
  readonly remote: Pick<EngineSupervisor['remote'], 'thumbnail'>;
  readonly options: CallOptions;
}

/** Throws ClipsightError `configuration` where a report could not be written there. */
export async function demandWritable(file: string): Promise<void> {
  const [folder, there] = await Promise.all(
    [path.dirname(path.resolve(file)), file].map((one) => stat(one).catch(() => null)),
  );
  if (folder?.isDirectory() !== true) {
    throw new ClipsightError(
      'configuration',
      `${file} is in no folder that there is.`,
      'Make the folder, or name another file with --report.',
    );
  }
  if (there?.isDirectory() === true) {
    throw new ClipsightError('configuration', `${file} is a folder.`, 'Name a file with --report.');
  }
}

/** Throws ClipsightError `configuration` where one cannot be written. */
export async function writeReports(
  reports: AuditCommand['reports'],
  input: AuditReportInput,
  pictures: Pictures,
): Promise<void> {
  const isWithPictures = reports.some(({ format }) => format === 'html');
  const thumbnails = isWithPictures ? await thumbnailsOf(input, pictures) : new Map<string, string>();
  for (const { file, format } of reports) {
    try {
      await writeFile(file, reportText(input, format, thumbnails));
    } catch (thrown) {
      const reason = thrown instanceof Error ? thrown.message : String(thrown);
      throw new ClipsightError(
        'configuration',
        `${file} cannot be written: ${reason}.`,
        'Name another file with --report.',
      );
    }
  }
}

function reportText(
  input: AuditReportInput,
  format: AuditCommand['reports'][number]['format'],
  thumbnails: ReadonlyMap<string, string>,
): string {
  switch (format) {
    case 'html':
      return auditHtml(input, thumbnails);
    case 'md':
      return auditMarkdown(input);
    case 'json':
      return auditJsonText(input);
  }
}

/** Small pictures as data URLs, those of the largest scores first, until there are as many as a report takes. */
async function thumbnailsOf(
  { report }: AuditReportInput,
  { library, remote, options }: Pictures,
): Promise<ReadonlyMap<string, string>> {
  const wanted = picturesOf(report.findings);
  const thumbnails = new Map<string, string>();
  let length = 0;
  for (const [done, sha256] of wanted.entries()) {
    if (length > mostPictureLength) break;
    if (options.signal?.aborted === true) throw new ClipsightError('cancelled', 'Stopped.');
    options.onProgress?.({ stage: 'Making small pictures', done, total: wanted.length });
    // One that is gone since is named in the report, and not shown.
    const preview = await remote.thumbnail({ library, sha256, size: pictureSize }, options).catch(() => null);
    if (preview === null) continue;
    const url = `data:${preview.mime};base64,${Buffer.from(preview.bytes).toString('base64')}`;
    thumbnails.set(sha256, url);
    length += url.length;
  }
  return thumbnails;
}
