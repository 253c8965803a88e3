import { join } from 'node:path';
import sharp from 'sharp';
import { expect, it } from 'vitest';
import { decode } from '../../../src/engine/image/decode';
import { toRgb } from '../../../src/engine/image/picture';
import { preview } from '../../../src/engine/image/preview';
import { Preview } from '../../../src/shared/engineProtocol';

const golden = join(__dirname, '../../golden/pixels');
const file = (name: string) => ({ kind: 'file', path: join(golden, name) }) as const;

it.each([
  'profile.jpg',
  'turned.jpg',
  'rgba.png',
  'palette-transparent.png',
  'small-frame-transparent.gif',
  'cmyk.jpg',
  'grey16.png',
])('shows %s as the model is shown it', async (name) => {
  const shown = Preview.parse(await preview(file(name), 64));
  const model = toRgb(await decode(file(name)));
  expect(shown).toMatchObject({ mime: 'image/jpeg', width: model.width, height: model.height });
  const { data, info } = await sharp(shown.bytes).raw().toBuffer({ resolveWithObject: true });
  expect(info).toMatchObject({ width: model.width, height: model.height, channels: 3 });
  const error = data.reduce((sum, level, i) => sum + Math.abs(level - model.data[i]!), 0) / data.length;
  // JPEG costs a few levels; alpha laid on white, a turn or a profile would cost dozens.
  expect(error).toBeLessThan(6);
});

it('fits into the size asked, and says the size of the original', async () => {
  const shown = await preview(file('photo.jpg'), 16);
  expect(shown).toMatchObject({ width: 61, height: 47 });
  expect(await sharp(shown.bytes).metadata()).toMatchObject({ format: 'jpeg', width: 16, height: 12 });
});
