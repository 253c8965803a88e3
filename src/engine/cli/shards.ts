import { mkdir } from 'node:fs/promises';
import * as path from 'node:path';
import type { CallOptions } from '../../shared/rpc/protocol';
import type { EngineSupervisor } from '../../supervisor/engineSupervisor';
import { libraryFile, presentLibrary } from './library';
import type { ImportCommand, ShardCommand } from './libraryArguments';
import { noteLine, type Output, withNotes } from './output';

/** Throws ClipsightError `library` as the engine does. */
export async function runShard(
  { folder, library }: ShardCommand,
  { remote }: EngineSupervisor,
  options: CallOptions,
): Promise<Output> {
  const at = path.resolve(folder);
  const { images } = await remote.exportLibrary({ library: presentLibrary(library), folder: at }, options);
  return { stdout: `${at}: ${images} images\n`, stderr: '', exitCode: 0 };
}

/** Throws ClipsightError `library` as the engine does. */
export async function runImport(
  { folders, library, json }: ImportCommand,
  { remote }: EngineSupervisor,
  options: CallOptions,
): Promise<Output> {
  const file = libraryFile(library);
  await mkdir(path.dirname(file), { recursive: true });
  const request = { library: file, folders: folders.map((folder) => path.resolve(folder)) };
  const { images, added, notes } = await remote.importLibrary(request, options);
  return json
    ? {
        stdout: `${JSON.stringify({ library: file, images, added, notes })}\n`,
        stderr: noteLine(notes),
        exitCode: 0,
      }
    : {
        stdout: withNotes(`${file}: ${images} images in the shards, ${added} of them new`, notes),
        stderr: '',
        exitCode: 0,
      };
}
