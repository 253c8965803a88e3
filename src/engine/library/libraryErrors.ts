import { ClipsightError } from '../../shared/errors';

/** What DuckDB or the file system threw, as an error about the library. ClipsightErrors pass as they are. */
export function libraryError(file: string, thrown: unknown): ClipsightError {
  if (thrown instanceof ClipsightError) return thrown;
  const all = wordsOf(thrown);
  const [said = ''] = all.split('\n');
  const error = (what: string, remedy: string) =>
    new ClipsightError('library', what, remedy, { cause: thrown });
  // What came first stands behind what DuckDB says once it has given a file up.
  if (full.test(all)) {
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
  if (invalidates(thrown) && !damages.test(all)) {
    return error(
      `The library ${file} had to be closed: ${said}`,
      'Do it again: it is opened anew, and what was indexed is kept.',
    );
  }
  if (damages.test(all)) {
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

const full =
  /No space left on device|ENOSPC|EDQUOT|Disk quota exceeded|File too large|max_temp_directory_size|There is not enough space/i;

const damages = /not a valid DuckDB database|corrupt|checksum|Serialization Error|deserializ|database file/i;

/** Whether DuckDB gave up a database, as it does when it cannot write what it must. Its file is as it was. */
export function invalidates(thrown: unknown): boolean {
  return /^FATAL Error|database has been invalidated/i.test(wordsOf(thrown));
}

function wordsOf(thrown: unknown): string {
  return (thrown instanceof Error ? thrown.message : String(thrown)).trim();
}

/** The process that has the library open, as DuckDB's refusal names it; null where the refusal was another. */
export function holder(thrown: unknown): { readonly pid: number | null } | null {
  const said = wordsOf(thrown);
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
