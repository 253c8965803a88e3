import { fromErrorInfo } from '../../../shared/errors';
import type { JobContext } from '../../../shared/rpc/protocol';
import { embeddingOf, type KeptImage } from '../../attribution/attribute';
import type { InTurn } from '../../components/subject';
import { breather } from '../../job';
import { concat, normalise } from '../../numeric/vector';
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
/** Texts drawn together, while others are: the model is run on several pictures at a time. */
const together = 3;

/**
 * Draws each text in every layout, and looks at what the model makes of it and of each layout without letters.
 * `components` ascending; the texts have letters (`undrawable`).
 */
export async function readWords(
  texts: readonly string[],
  components: Int32Array,
  inTurn: InTurn,
  job: JobContext,
): Promise<WordReadings> {
  const size = await inTurn(job, async ({ study }) => study.model.checkpoint.image.imageSize);
  let inATurn = 1;
  const blank = await look(
    wordLayouts.map((layout) => ({ name: 'a picture without letters', png: () => drawBlank(layout, size) })),
  );
  const total = texts.length;
  const words = new Map<string, WordReading>();
  for (let start = 0; start < total; start += together) {
    job.progress({ stage: 'Drawing words', done: start, total });
    const some = texts.slice(start, start + together);
    const seen = await look(
      some.flatMap((text) =>
        wordLayouts.map((layout) => ({
          name: `the drawn text “${text}”`,
          png: async () => (await drawWord(text, layout, size)).png,
        })),
      ),
    );
    for (const [i, text] of some.entries()) {
      const own = seen.slice(i * wordLayouts.length, (i + 1) * wordLayouts.length);
      const lettering = blank[0]!.unit.map(
        (_, d) =>
          own.reduce((sum, { unit }, layout) => sum + unit[d]! - blank[layout]!.unit[d]!, 0) /
          wordLayouts.length,
      );
      words.set(text, { activations: concat(own.map(({ activations }) => activations)), lettering });
    }
  }
  return { components, blank: concat(blank.map(({ activations }) => activations)), words };

  /** What pictures give, one each: activations of the components, and v̂. */
  async function look(
    drawn: readonly { readonly name: string; png(): Promise<Uint8Array<ArrayBuffer>> }[],
  ): Promise<readonly { readonly activations: Float32Array; readonly unit: Float32Array }[]> {
    const sources = await Promise.all(
      drawn.map(async ({ name, png }) => ({ kind: 'bytes' as const, name, bytes: await png() })),
    );
    const found: { readonly activations: Float32Array; readonly unit: Float32Array }[] = [];
    while (found.length < sources.length) {
      await inTurn(job, async ({ study }) => {
        const breathe = breather(job);
        const started = performance.now();
        const some = sources.slice(found.length, found.length + inATurn);
        for await (const outcome of study.observe(some, job)) {
          if (outcome.kind === 'failure') throw fromErrorInfo(outcome.error);
          const { value } = outcome;
          found.push({
            activations: activationsOf(value, components),
            unit: normalise(await embeddingOf(value, study.programs)),
          });
          await breathe();
        }
        inATurn = Math.max(1, Math.floor((turnMs * some.length) / (performance.now() - started)));
      });
    }
    return found;
  }
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
