/** Endings of the files that can be attributed; package.json offers its commands for the same. */
export const imageExtensions = ['png', 'jpg', 'jpeg', 'webp', 'gif', 'tif', 'tiff'] as const;

const pattern = new RegExp(`\\.(${imageExtensions.join('|')})$`, 'i');

export function isImageName(name: string): boolean {
  return pattern.test(name);
}
