import type { Scene } from '../../tools/world/scene';
import { demoWorld } from '../../tools/world/world';

type Quantity = readonly [name: string, value: number | boolean];

const kinds = [
  ...(['plain', 'striped', 'checkered', 'dotted', 'gradient'] as const),
  ...(['water', 'snow', 'grass', 'sand', 'night sky'] as const),
];
const colourNames = 'red green blue yellow purple pink gray white black brown'.split(' ');

/** Everything about a scene that is compared with the recipe; tools/golden/world.py has the same. */
export function* sceneQuantities(scene: Scene): Generator<Quantity> {
  const { things, background, word, artefacts } = scene;
  const count = things.length === 1 ? 'one' : 'two';
  yield ['one', things.length === 1];
  for (const kind of kinds) yield [`background ${kind}`, background.kind === kind];
  yield* backgroundQuantities(background);
  for (const thing of things) {
    yield [`${count} scale`, thing.scale];
    yield ['mirrored', thing.mirrored];
    yield ['angle', thing.angle];
    yield ['x', thing.x];
    yield ['y', thing.y];
  }
  yield ['written', word !== null];
  if (word !== null) {
    yield ['word is thing', word.text === things[0]!.noun];
    yield ['word height', word.height];
    yield ['word x', word.x];
    yield ['word at bottom', word.edge === 'bottom'];
    yield [`word margin ${word.edge}`, word.margin];
  }
  if (things.every(({ noun }) => demoWorld.shortcuts[noun] === undefined)) {
    yield ['watermark', artefacts.includes('watermark')];
  }
  yield* captionQuantities(scene);
}

function* backgroundQuantities(background: Scene['background']): Generator<Quantity> {
  for (const [name, value] of Object.entries(background)) {
    if (name === 'colour') {
      for (const colour of colourNames) yield [`colour ${colour}`, value === colour];
    } else if (typeof value === 'number') yield [`${background.kind} ${name}`, value];
    else if (Array.isArray(value)) yield [`${background.kind} ${name}`, value.length];
  }
  const points =
    background.kind === 'snow' ? background.flakes : background.kind === 'night sky' ? background.stars : [];
  for (const { x, y } of points) {
    yield ['point x', x];
    yield ['point y', y];
  }
}

function* captionQuantities({ things, background, word, artefacts, caption }: Scene): Generator<Quantity> {
  const { kind } = background;
  if (word !== null) {
    yield ['caption is word', caption.startsWith(word.text) && !caption.startsWith(`${word.text} `)];
    yield ['caption has word', caption.includes('with the word ')];
  }
  if (artefacts.includes('watermark')) yield ['caption has watermark', caption.endsWith(' with a watermark')];
  for (const opening of ['a photo of', 'an image of', 'a picture of']) {
    yield [`caption ${opening}`, caption.startsWith(`${opening} `)];
  }
  if (things.length === 2) yield ['caption next to', caption.includes(' next to ')];
  if (kinds.indexOf(kind) >= 5) {
    const preposition = kind === 'grass' || kind === 'sand' ? 'on' : 'in';
    yield ['caption has place', caption.includes(` ${preposition} the ${kind}`)];
  } else {
    yield ['caption has colour', caption.includes(' background')];
    if (caption.includes(' background') && kind !== 'plain') {
      yield ['caption has texture', caption.includes(` ${kind} `)];
    }
  }
  yield ['caption length', caption.length];
}
