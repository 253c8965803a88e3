import { createHash } from 'node:crypto';
import type { ImageSource } from '../../shared/image';
import { identify } from '../checkpoint/fileIdentity';
import { Lru } from '../numeric/lru';
import { type KeptImage, keptBytes } from './attribute';

/** Bytes of images kept by one study. */
const capacity = 256 * 1024 * 1024;

/** What images gave, by what they contain: a file by its identity, bytes by their hash. */
export type KeptImages = Lru<KeptImage>;

export function keptImages(): KeptImages {
  return new Lru(capacity, keptBytes);
}

/** Throws ClipsightError `image` where there is no such file. */
export async function imageKey(image: ImageSource): Promise<string> {
  switch (image.kind) {
    case 'file': {
      const { path, size, mtimeNs, inode } = await identify(image.path, 'image');
      return `${path} ${size} ${mtimeNs} ${inode}`;
    }
    case 'bytes':
      return createHash('sha256').update(image.bytes).digest('hex');
  }
}
