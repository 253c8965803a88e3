/** Names that Windows keeps for devices, with any extension. */
const reserved = /^(con|prn|aux|nul|com\d|lpt\d)$/i;

/**
 * What may stand as a file's name, without extension, in every file system: no folders in it, no control characters, no
 * beginning or end that would hide it or be cut off. `otherwise` where nothing is left.
 */
export function fileStem(name: string, otherwise: string): string {
  const stem = [...name.replace(/[^\p{L}\p{N} ._()-]+/gu, '-')]
    .slice(0, 100)
    .join('')
    .replace(/^[\s.-]+|[\s.-]+$/g, '');
  return stem === '' || reserved.test(stem) ? otherwise : stem;
}
