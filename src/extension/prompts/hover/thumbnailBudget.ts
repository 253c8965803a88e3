import type { Part, PromptContent } from './hoverContent';
import { encodedArgument } from './svg';

/** What a picture takes beside its own address, in characters: what it is drawn with. What a link has comes on top. */
const around = 700;

/**
 * The content with as many pictures as there is room for; those that say least are left out first.
 * @param room in characters
 */
export function withinRoom(content: PromptContent, room: number): PromptContent {
  const { images, components, matches } = content;
  const known = knownOf(components) ?? [];
  const { best, worst } = knownOf(matches) ?? { best: [], worst: [] };
  const kept = new Set<string>();
  let left = room;
  const keep = (place: string, picture: string | null | undefined, link = '') => {
    if (picture === null || picture === undefined) return;
    const length = picture.length + around + encodedArgument(link).length;
    if (length > left) return;
    left -= length;
    kept.add(place);
  };
  const keepColumn = (column: number) => {
    for (const [row, { thumbnails }] of known.entries()) {
      keep(`component ${row} ${column}`, thumbnails[column]);
    }
  };

  keep('image 0', images[0]?.thumbnail, images[0]?.uri);
  keepColumn(0);
  for (let i = 0; i < Math.max(best.length, worst.length); i++) {
    keep(`best ${i}`, best[i]?.thumbnail);
    keep(`worst ${i}`, worst[i]?.thumbnail);
  }
  for (let i = 1; i < 4; i++) keep(`image ${i}`, images[i]?.thumbnail, images[i]?.uri);
  keepColumn(1);
  keepColumn(2);

  return {
    ...content,
    images: images.map((image, i) => (kept.has(`image ${i}`) ? image : { ...image, thumbnail: null })),
    components: withValue(components, (all) =>
      all.map((component, row) => ({
        ...component,
        thumbnails: component.thumbnails.filter((_, column) => kept.has(`component ${row} ${column}`)),
      })),
    ),
    matches: withValue(matches, () => ({
      best: best.filter((_, i) => kept.has(`best ${i}`)),
      worst: worst.filter((_, i) => kept.has(`worst ${i}`)),
    })),
  };
}

function knownOf<Value>(part: Part<Value>): Value | null {
  return part.kind === 'known' ? part.value : null;
}

function withValue<Value>(part: Part<Value>, change: (value: Value) => Value): Part<Value> {
  return part.kind === 'known' ? { kind: 'known', value: change(part.value) } : part;
}
