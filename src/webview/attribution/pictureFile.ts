import { ClipsightError } from '../../shared/errors';
import type { PatchMap } from '../../shared/where';
import { type HeatScale, interpolated, painted } from './heatScale';
import type { Drawing } from './mapPicture';

/** Pixels to an edge of a patch in an interpolated map. */
const factor = 12;

/** The interpolated map as a PNG. */
export async function smoothMap(map: PatchMap, scale: HeatScale): Promise<Blob> {
  const [width, height] = [map.columns * factor, map.rows * factor];
  const canvas = new OffscreenCanvas(width, height);
  const context = drawable(canvas);
  context.putImageData(new ImageData(painted(interpolated(map, factor), scale), width, height), 0, 0);
  return canvas.convertToBlob({ type: 'image/png' });
}

export async function dataUrl(blob: Blob): Promise<string> {
  return new Promise((resolve, reject) => {
    const reader = new FileReader();
    reader.onload = () => resolve(String(reader.result));
    reader.onerror = () => reject(reader.error);
    reader.readAsDataURL(blob);
  });
}

/** A drawing as a PNG of twice its size. @throws ClipsightError 'image' */
export async function rasterised({ svg, width, height }: Drawing): Promise<Uint8Array<ArrayBuffer>> {
  const url = URL.createObjectURL(new Blob([svg], { type: 'image/svg+xml' }));
  try {
    const image = new Image();
    image.src = url;
    await image.decode();
    const canvas = new OffscreenCanvas(2 * width, 2 * height);
    drawable(canvas).drawImage(image, 0, 0, canvas.width, canvas.height);
    return new Uint8Array(await (await canvas.convertToBlob({ type: 'image/png' })).arrayBuffer());
  } catch (thrown) {
    throw new ClipsightError('image', 'The map could not be drawn as a PNG.', 'Save it as SVG.', {
      cause: thrown,
    });
  } finally {
    URL.revokeObjectURL(url);
  }
}

function drawable(canvas: OffscreenCanvas): OffscreenCanvasRenderingContext2D {
  const context = canvas.getContext('2d');
  if (context === null) throw new ClipsightError('image', 'This page cannot draw: it was given no canvas.');
  return context;
}
