import { fromErrorInfo } from '../../../shared/errors';
import type { JobContext } from '../../../shared/rpc/protocol';
import { embeddingOf, type KeptImage } from '../../attribution/attribute';
import type { InTurn } from '../../components/subject';
import { breather } from '../../job';
import { normalise } from '../../numeric/vector';
import { drawBlank, drawWord } from './drawnWords';
import { wordLayouts } from './layouts';

/** What components make of one drawn text. */
export interface WordReading {
  /** Largest activation over tokens, [layouts, components]; 0 where silent. */
  readonly activations: Float32Array;
  /** v̂ of the picture less v̂ of the same without letters, mean over layouts. [embedding] */
  readonly lettering: Float32Array;
}

export interface WordReadings {
  /** As asked, one place each. */
  readonly components: Int32Array;
  /** Of the pictures without letters. [layouts, components] */
  readonly blank: Float32Array;
  readonly words: ReadonlyMap<string, WordReading>;
}

/** What a turn may take, in milliseconds: jobs that somebody waits for go in between. */
const turnMs = 250;

/**
 * Draws each text in every layout, and runs the model on it: one pass for each, and one for each layout without letters.
 * `components` ascending; the texts have letters (`undrawable`).
 */
export async function readWords(
  texts: readonly string[],
  components: Int32Array,
  inTurn: InTurn,
  job: JobContext,
): Promise<WordReadings> {
  const size = await inTurn(job, async ({ study }) => study.model.checkpoint.image.imageSize);
  const total = (1 + texts.length) * wordLayouts.length;
  let done = 0;
  /** What the pictures gave: activations of the components, and v̂. */
  const look = async (name: string, draw: (layout: number) => Promise<Uint8Array<ArrayBuffer>>) => {
    const activations = new Float32Array(wordLayouts.length * components.length);
    const units: Float32Array[] = [];
    while (units.length < wordLayouts.length) {
      await inTurn(job, async ({ study }) => {
        const breathe = breather(job);
        const until = performance.now() + turnMs;
        do {
          await breathe();
          const layout = units.length;
          const source = { kind: 'bytes' as const, name, bytes: await draw(layout) };
          for await (const outcome of study.observe([source], job)) {
            if (outcome.kind === 'failure') throw fromErrorInfo(outcome.error);
            units.push(normalise(await embeddingOf(outcome.value, study.programs)));
            activations.set(activationsOf(outcome.value, components), layout * components.length);
          }
          job.progress({ stage: 'Drawing words', done: ++done, total });
        } while (units.length < wordLayouts.length && performance.now() < until);
      });
    }
    return { activations, units };
  };
  const blank = await look('a picture without letters', (layout) => drawBlank(wordLayouts[layout]!, size));
  const words = new Map<string, WordReading>();
  for (const text of texts) {
    const found = await look(
      `the drawn text “${text}”`,
      async (layout) => (await drawWord(text, wordLayouts[layout]!, size)).png,
    );
    const lettering = blank.units[0]!.map(
      (_, d) =>
        found.units.reduce((sum, unit, layout) => sum + unit[d]! - blank.units[layout]![d]!, 0) /
        wordLayouts.length,
    );
    words.set(text, { activations: found.activations, lettering });
  }
  return { components, blank: blank.activations, words };
}

/** [components], in the order asked. */
function activationsOf({ components: active, peaks }: KeptImage, components: Int32Array): Float32Array {
  const found = new Map(Array.from(active, (component, i) => [component, peaks[i]!]));
  return Float32Array.from(components, (component) => found.get(component) ?? 0);
}

/** Of one component: what it does more where the text is written, in each layout. */
export function excess(
  { blank, components, words }: WordReadings,
  text: string,
  component: number,
): Float32Array {
  const { activations } = words.get(text)!;
  const at = components.indexOf(component);
  return Float32Array.from(
    wordLayouts,
    (_, layout) => activations[layout * components.length + at]! - blank[layout * components.length + at]!,
  );
}
