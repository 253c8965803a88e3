import { ClipsightError } from '../../shared/errors';

/** What DuckDB or the file system threw, as an error about the library. ClipsightErrors pass as they are. */
export function libraryError(file: string, thrown: unknown): ClipsightError {
  if (thrown instanceof ClipsightError) return thrown;
  const [said = ''] = (thrown instanceof Error ? thrown.message : String(thrown)).trim().split('\n');
  const error = (what: string, remedy: string) =>
    new ClipsightError('library', what, remedy, { cause: thrown });
  if (/No space left on device|ENOSPC|max_temp_directory_size|There is not enough space/i.test(said)) {
    return error(
      `The disk of the library ${file} is full.`,
      'Free some space and do it again: what was indexed is kept.',
    );
  }
  if (/EACCES|EPERM|EROFS|Permission denied|read-only/i.test(said)) {
    return error(
      `The library ${file} cannot be opened or written: access is denied.`,
      'Check the rights of the file and of its folder, or choose another file.',
    );
  }
  if (damages.test(said)) {
    return error(
      `The library ${file} is damaged, or no library: ${said}`,
      `Move it away and index again. Names and notes come back by importing the last folder in ${file}.snapshots.`,
    );
  }
  return error(
    `The library ${file} cannot be read or written: ${said}`,
    'Check that its disk is there, and do it again.',
  );
}

const damages =
  /not a valid DuckDB database|corrupt|checksum|Serialization Error|deserializ|database file|FATAL Error/i;

/** The process that has the library open, as DuckDB's refusal names it; null where the refusal was another. */
export function holder(thrown: unknown): { readonly pid: number | null } | null {
  const said = thrown instanceof Error ? thrown.message : String(thrown);
  if (!/Could not set lock|already open in|used by another process/i.test(said)) return null;
  const pid = /PID (\d+)/.exec(said)?.[1];
  return { pid: pid === undefined ? null : Number(pid) };
}

/** Whether DuckDB found a file gone that it was to read. */
export function isMissing(error: ClipsightError): boolean {
  const said = error.cause instanceof Error ? error.cause.message : '';
  return /No files found|No such file|cannot open file|Could not open/i.test(said);
}

export function inUse(file: string, pid: number | null): ClipsightError {
  return new ClipsightError(
    'library',
    `The library ${file} is in use by ${pid === null ? 'another process' : `process ${pid}`}.`,
    'Close the other window (or wait until its job is done) to index here. Until then its last snapshot is read.',
  );
}

export function outdated(file: string): ClipsightError {
  return new ClipsightError(
    'library',
    `The library ${file} changed while it was read.`,
    'Do it again: the answer will be of the library as it is now.',
  );
}
