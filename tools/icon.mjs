// Renders media/icon.svg to the PNG that the marketplace wants.   node tools/icon.mjs
import { join } from 'node:path';
import sharp from 'sharp';

const media = join(import.meta.dirname, '..', 'media');
await sharp(join(media, 'icon.svg'), { density: 288 })
  .resize(128, 128)
  .png({ compressionLevel: 9 })
  .toFile(join(media, 'icon.png'));
