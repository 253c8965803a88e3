import { readFile, stat } from 'node:fs/promises';
import { ClipsightError } from '../../shared/errors';
import { type ImageSource, imageName } from '../../shared/image';

/** No picture within the pixel limit is larger as a file, and Node cannot read much more into one buffer. */
export const largestFile = 2 ** 30;

/** The encoded bytes of an image. Throws ClipsightError 'image' when there are none. */
export async function readImage(source: ImageSource): Promise<Uint8Array> {
  const bytes = source.kind === 'bytes' ? source.bytes : await readImageFile(source.path);
  if (bytes.length === 0) {
    throw new ClipsightError('image', `${imageName(source)} is empty.`, 'Save the picture again.');
  }
  return bytes;
}

async function readImageFile(path: string): Promise<Uint8Array> {
  try {
    // Asked before opening: opening a pipe would wait for somebody to write to it.
    const entry = await stat(path);
    if (!entry.isFile()) {
      const what = entry.isDirectory() ? 'a folder' : 'not a regular file';
      throw new ClipsightError('image', `${path} is ${what}, not an image.`, 'Choose an image file.');
    }
    if (entry.size > largestFile) {
      throw new ClipsightError(
        'image',
        `${path} has ${entry.size} bytes; image files of up to ${largestFile} bytes are read.`,
        'Make the picture smaller.',
      );
    }
    return await readFile(path);
  } catch (error) {
    throw error instanceof ClipsightError ? error : unreadable(path, error);
  }
}

function unreadable(path: string, cause: unknown): ClipsightError {
  const code = cause instanceof Error && 'code' in cause ? cause.code : undefined;
  if (code === 'ENOENT' || code === 'ENOTDIR') {
    return new ClipsightError('image', `There is no file ${path}.`, 'It may have been moved.', { cause });
  }
  if (code === 'EACCES' || code === 'EPERM') {
    return new ClipsightError('image', `${path} may not be read.`, 'Check its permissions.', { cause });
  }
  return new ClipsightError('image', `${path} cannot be read (${String(cause)}).`, undefined, { cause });
}
