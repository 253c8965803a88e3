import { type FileHandle, open } from 'node:fs/promises';
import type * as z from 'zod';
import { ClipsightError } from '../../shared/errors';

/** What a file belongs to: the code that errors about the file carry. */
export type FileOwner = 'checkpoint' | 'dictionary' | 'image' | 'probe';

/** tokenizer.json, the largest JSON file of a checkpoint, takes 2 to 20 MB. */
const largestJson = 128 * 1024 * 1024;

const lfsMarker = Buffer.from('version https://git-lfs');

/** A clone without Git LFS leaves small text files where the weights should be. */
export function refuseLfsPointer(head: Uint8Array, file: string, owner: FileOwner): void {
  if (lfsMarker.equals(head.subarray(0, lfsMarker.length))) {
    throw new ClipsightError(
      owner,
      `${file} is a Git LFS pointer, not the file itself.`,
      'Run `git lfs pull` in its repository.',
    );
  }
}

export function unreadable(file: string, owner: FileOwner, thrown: unknown): ClipsightError {
  const options = { cause: thrown };
  const code = errorCode(thrown);
  if (absences.includes(code)) {
    return new ClipsightError(owner, `${file} does not exist.`, 'Check the path.', options);
  }
  if (code === 'EISDIR') {
    return new ClipsightError(owner, `${file} is a folder, not a file.`, 'Check the path.', options);
  }
  return new ClipsightError(
    owner,
    `${file} cannot be read (${code}).`,
    'Check that you may read it and that its disk is there.',
    options,
  );
}

const absences = ['ENOENT', 'ENOTDIR'];

/** Whether it was thrown because there is no such file: by the file system, or by `unreadable` for that. */
export function isAbsence(thrown: unknown): boolean {
  return absences.includes(errorCode(thrown instanceof ClipsightError ? thrown.cause : thrown));
}

function errorCode(thrown: unknown): string {
  if (thrown instanceof Error) {
    return 'code' in thrown ? String(thrown.code) : thrown.message;
  }
  return String(thrown);
}

/** Runs `read` on the opened file. What the file system refuses becomes a ClipsightError naming the file. */
export async function withFile<T>(
  file: string,
  owner: FileOwner,
  read: (handle: FileHandle) => Promise<T>,
): Promise<T> {
  let handle: FileHandle | undefined;
  try {
    handle = await open(file, 'r');
    return await read(handle);
  } catch (thrown) {
    throw thrown instanceof ClipsightError ? thrown : unreadable(file, owner, thrown);
  } finally {
    await handle?.close();
  }
}

/** `length` bytes from `offset`; fewer where the file ends before. */
export async function readAt(handle: FileHandle, offset: number, length: number): Promise<Buffer> {
  const bytes = Buffer.alloc(length);
  let filled = 0;
  while (filled < length) {
    const { bytesRead } = await handle.read(bytes, filled, length - filled, offset + filled);
    if (bytesRead === 0) {
      break;
    }
    filled += bytesRead;
  }
  return bytes.subarray(0, filled);
}

/** The parsed content of a JSON file, unchecked. */
export async function readJson(file: string, owner: FileOwner): Promise<unknown> {
  const bytes = await withFile(file, owner, async (handle) => {
    const { size } = await handle.stat();
    if (size > largestJson) {
      throw new ClipsightError(
        owner,
        `${file} has ${size} bytes, more than any configuration.`,
        'Download it again.',
      );
    }
    return readAt(handle, 0, size);
  });
  refuseLfsPointer(bytes, file, owner);
  try {
    return JSON.parse(new TextDecoder('utf-8', { fatal: true }).decode(bytes));
  } catch (thrown) {
    const reason = thrown instanceof Error ? thrown.message : String(thrown);
    throw new ClipsightError(owner, `${file} is not valid JSON: ${reason}.`, 'Download it again.', {
      cause: thrown,
    });
  }
}

/** `json` as `schema` describes it. `where` names the file, and the part of it where it is only a part. */
export function parseJson<T>(schema: z.ZodType<T>, json: unknown, where: string, owner: FileOwner): T {
  const result = schema.safeParse(json);
  if (result.success) {
    return result.data;
  }
  const issues = result.error.issues.slice(0, 3).map(({ path, message }) => {
    return path.length === 0 ? message : `${path.join('.')}: ${message}`;
  });
  throw new ClipsightError(
    owner,
    `${where} is not as expected: ${issues.join('; ')}.`,
    'Compare it with the original, or download it again.',
  );
}
