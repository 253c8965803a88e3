import { type Noun, nouns } from '../world/nouns';
import type { Observer } from './observer';
import { type Paired, raises } from './paired';
import { pairsOfNoun } from './pairs';
import { promptDirection } from './planted';
import { allThings, isSaid, nameOf, type Thing } from './things';
import { type Truth, testPrompt } from './truth';

/** A thing that a prompt does not say, with what shows that it drives the prompt. */
export interface Right {
  readonly thing: Thing;
  readonly name: string;
}

export interface Labels {
  /** Things that a component belongs to and the noun's prompt does not say, whether they drive it or not. */
  unsaid(noun: Noun, component: number): readonly Thing[];
  /** Whether drawing a thing into scenes of the noun raises the score of its prompt. */
  drives(noun: Noun, thing: Thing): Promise<boolean>;
  /** What makes a finding right: none if it is false. */
  right(noun: Noun, component: number): Promise<readonly Right[]>;
}

/**
 * Of what a component answers to by itself, a thing counts where the component fires for it at least so much of what it
 * does for what the prompt says: what it does for the noun itself, the prompt does say.
 */
export const ofSaid = 0.5;
/** Scenes that are looked at first: what raises nothing in them by far is not looked at further. */
const first = 8;

const things = new Map(allThings().map((thing) => [nameOf(thing), thing]));

export function labelsBy(truth: Truth, ofNoun: number, observer: Observer): Labels {
  const effects = new Map(truth.things.map((effect) => [effect.thing, effect]));
  const planted = new Map(truth.planted.map((one) => [`${one.noun}: ${one.thing}`, one.true]));
  const asked = new Map<string, Promise<boolean>>();
  const directions = observer.directions(nouns.map(promptDirection));

  const test = async (noun: Noun, thing: Thing): Promise<boolean> => {
    const elsewhere = effects.get(nameOf(thing))?.scores[truth.nouns.indexOf(noun)];
    // There are too many glyphs to draw each of them beside each noun.
    if (thing.kind === 'noun' && elsewhere !== undefined && elsewhere <= 0) return false;
    const direction = (await directions)[nouns.indexOf(noun)]!;
    const measure = (scenes: number) =>
      testPrompt(pairsOfNoun(thing, noun, truth.seed, scenes), direction, observer);
    return couldRaise(await measure(first), truth.amount) && raises(await measure(ofNoun), truth.amount);
  };
  const drives = (noun: Noun, thing: Thing): Promise<boolean> => {
    const key = `${noun}: ${nameOf(thing)}`;
    const known = planted.get(key);
    if (known !== undefined) return Promise.resolve(known);
    const running = asked.get(key) ?? test(noun, thing);
    asked.set(key, running);
    return running;
  };
  const unsaid = (noun: Noun, component: number): readonly Thing[] => {
    const { belongs } = truth.latents[component]!;
    const said = Math.max(
      0,
      ...[...things.values()]
        .filter((thing) => isSaid(noun, thing))
        .map((thing) => effects.get(nameOf(thing))?.with[component] ?? 0),
    );
    return belongs
      .filter((one) => one.with >= ofSaid * said)
      .map((one) => things.get(one.thing)!)
      .filter((thing) => !isSaid(noun, thing) && isOf(noun, thing));
  };
  return {
    unsaid,
    drives,
    async right(noun, component) {
      const found: Right[] = [];
      for (const thing of unsaid(noun, component)) {
        if (await drives(noun, thing)) found.push({ thing, name: nameOf(thing) });
      }
      return found;
    },
  };
}

/** Words are its own, or any other word: not those of each other noun. */
function isOf(noun: Noun, thing: Thing): boolean {
  switch (thing.kind) {
    case 'word':
      return thing.noun === null || thing.noun === noun;
    case 'place':
    case 'texture':
    case 'colour':
    case 'watermark':
    case 'noun':
      return true;
  }
}

/** Half its 95 % interval again on the far side: what these few scenes rule out, more of them will hardly find. */
function couldRaise({ without, with: having, interval }: Paired, amount: number): boolean {
  if (interval === null) return true;
  return having - without + 1.5 * (interval[1] - (having - without)) > amount;
}
