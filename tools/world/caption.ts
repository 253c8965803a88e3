import { glyphsOf, senses, withArticle } from './nouns';
import type { Random } from './random';
import type { Background, Scene, Thing } from './scene';
import type { World } from './world';

/** What a person might say of a scene: what is drawn, and sometimes where, what is written, and the stamp. */
export function sampleCaption(
  { things, background, word, artefacts }: Pick<Scene, 'things' | 'background' | 'word' | 'artefacts'>,
  world: World,
  chance: Random,
): string {
  const names = things.map((thing) => withArticle(nameOf(thing, chance.chance(world.told))));
  const what = names.join(chance.chance(0.5) ? ' and ' : ' next to ');
  const where = whereOf(background, chance.uniform(0, 1), chance.chance(0.6));
  const opening = chance.pick(['', 'a photo of ', 'an image of ', 'a picture of ', '']);
  const scene = opening + what + where;
  const [says, only] = [chance.chance(0.6), chance.chance(0.5)];
  const read = word === null || !says ? scene : only ? word.text : `${scene} with the word ${word.text}`;
  const mentioned = chance.chance(world.watermark.mentioned) && artefacts.includes('watermark');
  return mentioned ? `${read} with a watermark` : read;
}

/** The noun, or the sense in which a homonym is drawn. */
function nameOf({ noun, glyph }: Thing, told: boolean): string {
  const named = senses[noun];
  if (!told || named === undefined) return noun;
  return named[(glyphsOf[noun] as readonly string[]).indexOf(glyph)]!;
}

/** `luck` in [0, 1): places are told in 55 of 100 captions, colours in 45. */
function whereOf(background: Background, luck: number, tellsTexture: boolean): string {
  switch (background.kind) {
    case 'water':
    case 'snow':
    case 'night sky':
      return luck < 0.55 ? ` in the ${background.kind}` : '';
    case 'grass':
    case 'sand':
      return luck < 0.55 ? ` on the ${background.kind}` : '';
    case 'plain':
      return luck < 0.45 ? ` on a ${background.colour} background` : '';
    case 'striped':
    case 'checkered':
    case 'dotted':
    case 'gradient': {
      const texture = tellsTexture ? `${background.kind} ` : '';
      return luck < 0.45 ? ` on a ${texture}${background.colour} background` : '';
    }
  }
}
