import { join, resolve } from 'node:path';
import * as z from 'zod';
import { observe } from '../../src/engine/attribution/attribute';
import { openHook } from '../../src/engine/attribution/openHook';
import { type ScoreDirection, score } from '../../src/engine/attribution/score';
import { HashCache } from '../../src/engine/checkpoint/hashCache';
import { prepareImage } from '../../src/engine/clip/prepareImage';
import { openDictionary } from '../../src/engine/dictionary/openDictionary';
import { openModel } from '../../src/engine/model';
import { modelOnCpu, type Sessions } from '../../src/engine/runtime/sessions';

const root = resolve(__dirname, '../..');
const images = ['dog/dog_00.jpg', 'wolf/wolf_00.jpg'];
const prompts = ['a photo of a dog', 'a photo of a wolf', 'a photo of snow'];
const dictionaries = ['sae-cls', 'sae-patches'];

/** What one image gave for one dictionary; numbers of prompts in the order of prompts. */
export const DemoNumbers = z.object({
  dictionary: z.string(),
  image: z.string(),
  latents: z.array(z.number()),
  activations: z.array(z.number()),
  similarities: z.array(z.number()),
  /** Of each prompt to all active components, [prompts][latents]. */
  reverse: z.array(z.array(z.number())),
  forward: z.array(z.array(z.number())),
});
export type DemoNumbers = z.infer<typeof DemoNumbers>;

/** Texts, trunk, codes, and attributions in both modes of the demo model, with all of its towers where `sessions` are. */
export async function demoNumbers(sessions: Sessions): Promise<DemoNumbers[]> {
  const hashes = new HashCache(null);
  const folder = join(root, 'models/emoji-clip');
  const model = await openModel(folder, {
    hashes,
    placeTowers: () => ({ ...modelOnCpu(), sessions, background: sessions }),
  });
  const texts = await model.text.embed(prompts, noPause);
  const directions = texts.map(({ vector }): ScoreDirection => ({ kind: 'cosine', vector }));
  const prepared = await Promise.all(
    images.map((image) =>
      prepareImage({ kind: 'file', path: join(root, 'examples/demo/images', image) }, model.preprocessing),
    ),
  );
  const numbers: DemoNumbers[] = [];
  for (const id of dictionaries) {
    const dictionary = await openDictionary(
      { model: folder, dictionary: join(root, 'models', id) },
      model.checkpoint,
      { hashes, modelSha256: model.info.sha256 },
    );
    const programs = openHook(model.checkpoint, dictionary, { sessions });
    for (const [i, kept] of (await observe(prepared, programs, dictionary)).entries()) {
      const reverse = await programs.reverse(kept, directions, noPause);
      const forward = await programs.project(await programs.forward(kept, noPause), directions);
      numbers.push({
        dictionary: id,
        image: images[i]!,
        latents: [...kept.codes.latents],
        activations: [...kept.codes.activations],
        similarities: directions.map((direction) => score(reverse.embedding, direction)),
        reverse: reverse.attributions.map((each) => [...each]),
        forward: forward.map((each) => [...each]),
      });
    }
    await Promise.all([programs.release(), dictionary.release()]);
  }
  await model.release();
  return numbers;
}

const noPause = async () => undefined;
