import type { JobContext } from '../../../shared/rpc/protocol';
import type { InTurn, Turn } from '../../components/subject';
import { tiledPart } from '../../components/tokenRegions';
import { breather } from '../../job';
import { type Box, drawWord } from './drawnWords';
import { wordLayouts } from './layouts';

/**
 * Where on a drawn text the evidence for a component lies: the share of its positive part inside the letters' box, and
 * the box's share of the picture. Null of a layout where there is no positive evidence. A turn each.
 */
export async function evidenceOnLetters(
  phrase: string,
  layout: number,
  component: number,
  inTurn: InTurn,
  job: JobContext,
): Promise<{ readonly inside: number; readonly area: number } | null> {
  return await inTurn(job, async ({ study }) => {
    const { image: tower } = study.model.checkpoint;
    const size = tower.imageSize;
    const { png, box } = await drawWord(phrase, wordLayouts[layout]!, size);
    const { image, pixels } = await study.look({
      kind: 'bytes',
      name: `the drawn text “${phrase}”`,
      bytes: png,
    });
    const column = image.components.indexOf(component);
    if (column === -1) return null;
    const { values } = await study.evidence.ofComponent(pixels, image.codes, column, breather(job));
    return insideBox(values, cellsIn(box, size, study));
  });
}

/** Of a map, [patches]: the share of its positive part that lies on the letters, and that of the area. */
export function insideBox(
  values: Float32Array,
  covered: Float64Array,
): { readonly inside: number; readonly area: number } | null {
  let [inside, all, area] = [0, 0, 0];
  values.forEach((value, patch) => {
    area += covered[patch]! / values.length;
    if (!(value > 0)) return;
    all += value;
    inside += value * covered[patch]!;
  });
  return all > 0 ? { inside: inside / all, area } : null;
}

/**
 * Patches that the box touches count wholly: a letter that reaches into one is all that is in it, and what lies beside it
 * in the patch cannot be told from it. [patches]
 */
function cellsIn(box: Box, size: number, { model }: Turn['study']): Float64Array {
  const { grid } = model.checkpoint.image;
  const { left, top, width, height } = tiledPart(model.checkpoint.image, model.preprocessing, {
    width: size,
    height: size,
  });
  return Float64Array.from({ length: grid * grid }, (_, patch) => {
    const x = left + ((patch % grid) * width) / grid;
    const y = top + (Math.floor(patch / grid) * height) / grid;
    const touches =
      x < box.right && x + width / grid > box.left && y < box.bottom && y + height / grid > box.top;
    return touches ? 1 : 0;
  });
}
