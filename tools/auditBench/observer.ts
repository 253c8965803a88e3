import { readFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import * as path from 'node:path';
import sharp from 'sharp';
import { attribute, type KeptImage } from '../../src/engine/attribution/attribute';
import { logitLens, totalActivations } from '../../src/engine/attribution/logitLens';
import { type ScoreDirection, score } from '../../src/engine/attribution/score';
import { HashCache } from '../../src/engine/checkpoint/hashCache';
import { prepareImage } from '../../src/engine/clip/prepareImage';
import { componentsOf, overTokens } from '../../src/engine/dictionary/codes';
import { selfTestStore } from '../../src/engine/dictionary/selfTestStore';
import { picturesIn } from '../../src/engine/image/picturesIn';
import { openModel } from '../../src/engine/model';
import { openStudy } from '../../src/engine/study';
import type { Direction } from '../../src/shared/direction';
import { fromErrorInfo } from '../../src/shared/errors';
import { drawScene } from '../world/draw';
import type { GlyphSource } from '../world/glyphs';
import type { Scene } from '../world/scene';
import { openSeenFile, sceneKey } from './seenFile';

/** What a model and its dictionary make of a scene. */
export interface Seen {
  /** Raw e. */
  readonly embedding: Float32Array;
  /** Active components, ascending, and how active each is at most. */
  readonly components: Int32Array;
  readonly activations: Float32Array;
}

/** Of one picture against one direction, per active component. */
export interface Measures {
  /** Ascending. */
  readonly components: Int32Array;
  readonly attributions: Float32Array;
  /** Activation, summed over tokens, times the score of what the component writes through the last step alone. */
  readonly lens: Float64Array;
  /** What the score loses where the component is switched off. */
  readonly ablation: Float64Array;
}

export interface Observer {
  readonly components: number;
  /** Of the model and the dictionary. */
  readonly key: string;
  /** One per scene, in order. A scene that was seen before is not drawn again. */
  see(scenes: readonly Scene[]): Promise<readonly Seen[]>;
  /** What is measured of pictures against one direction: one per file, in order. */
  attribute(files: readonly string[], direction: Direction): Promise<readonly Measures[]>;
  /** Different scenes seen, those of earlier runs that were asked for among them. */
  seen(): number;
  directions(directions: readonly Direction[]): Promise<readonly ScoreDirection[]>;
  release(): Promise<void>;
}

export interface ObserverOptions {
  readonly root: string;
  /** Folders. */
  readonly model: string;
  readonly dictionary: string;
  readonly glyphs: GlyphSource;
  /** Side of the pictures, in pixels. */
  readonly size: number;
  /** A folder that keeps what scenes gave for the next run; null for none. */
  readonly cache: string | null;
  readonly report?: (seen: number) => void;
}

const batch = 32;
const job = { signal: new AbortController().signal };
const noPause = async () => undefined;

/** As pictures of a library are made and computed, but without files. */
export async function openObserver(options: ObserverOptions): Promise<Observer> {
  const { root, glyphs, size } = options;
  const hashes = new HashCache(null);
  const model = await openModel(options.model, { hashes });
  const study = await openStudy({ model: model.info.folder, dictionary: options.dictionary }, model, {
    hashes,
    weightCache: path.join(tmpdir(), 'clipsight', 'weights'),
    selfTests: selfTestStore(null),
    demoImages: () => picturesIn(path.join(root, 'examples/demo/images')),
    notes: [],
  });
  const { dictionary, programs } = study;
  const file = openSeenFile(options.cache, JSON.stringify([study.info.key, size]));
  const known = new Map<string, Promise<Seen>>();
  let count = 0;

  const draw = async (scene: Scene) => {
    const bytes = await pictureBytes(scene, glyphs, size);
    return prepareImage({ kind: 'bytes', name: scene.grain, bytes }, model.preprocessing);
  };
  const compute = async (scenes: readonly Scene[]): Promise<readonly Seen[]> => {
    const prepared = await Promise.all(scenes.map(draw));
    const { x, read } = await programs.trunk(prepared.map(({ pixels }) => pixels));
    const [codes, embeddings] = [await dictionary.encode(read), await programs.embed(x)];
    count += scenes.length;
    options.report?.(count);
    const seen = embeddings.map((embedding, i) => ({
      embedding,
      components: componentsOf(codes[i]!, dictionary.componentSize),
      activations: overTokens(codes[i]!, dictionary.componentSize).max,
    }));
    file.add(scenes, seen);
    return seen;
  };

  const scoresLost = async (image: KeptImage, direction: ScoreDirection): Promise<Float64Array> => {
    const active = image.components.length;
    if (active === 0) return new Float64Array(0);
    // The first row leaves all of them on, so that the rounding of both is the same.
    const factors = Float32Array.from({ length: (active + 1) * active }, (_, at) =>
      Math.floor(at / active) === (at % active) + 1 ? 0 : 1,
    );
    const [whole, ...without] = await programs.vary(image, factors, noPause);
    return Float64Array.from(without, (e) => score(whole!, direction) - score(e, direction));
  };

  return {
    components: dictionary.info.size,
    key: study.info.key,
    async see(scenes) {
      const keys = scenes.map(sceneKey);
      scenes.forEach((scene, i) => {
        const before = known.has(keys[i]!) ? undefined : file.get(scene);
        if (before !== undefined) known.set(keys[i]!, Promise.resolve(before));
      });
      const fresh = [...new Map(scenes.map((scene, i) => [keys[i]!, scene]))].filter(
        ([key]) => !known.has(key),
      );
      let running: Promise<unknown> = Promise.resolve();
      for (let start = 0; start < fresh.length; start += batch) {
        const some = fresh.slice(start, start + batch);
        // Drawn while the batch before it is computed.
        const before = running;
        const all = compute(some.map(([, scene]) => scene));
        some.forEach(([key], i) => {
          known.set(
            key,
            all.then((seen) => seen[i]!),
          );
        });
        await before;
        running = all;
      }
      await running;
      return Promise.all(keys.map((key) => known.get(key)!));
    },
    async attribute(files, direction) {
      const { directions } = await study.resolve([direction], job);
      const images = files.map((file) => ({
        kind: 'bytes' as const,
        name: file,
        bytes: Uint8Array.from(readFileSync(file)),
      }));
      const measured: Measures[] = [];
      for await (const outcome of study.observe(images, job)) {
        if (outcome.kind === 'failure') throw fromErrorInfo(outcome.error);
        const image = outcome.value;
        const { analysis } = await attribute(image, directions, programs, noPause);
        const [lens] = await logitLens(image, dictionary.componentSize, directions, programs, noPause);
        const totals = totalActivations(image, dictionary.componentSize);
        const ablation = await scoresLost(image, directions[0]!);
        measured.push({
          components: analysis.latents,
          ablation,
          attributions: analysis.directions[0]!.attributions,
          lens: totals.map((total, i) => total * lens![i]!),
        });
      }
      return measured;
    },
    seen: () => known.size,
    async directions(asked) {
      return (await study.resolve(asked, job)).directions;
    },
    async release() {
      await study.release();
      await model.release();
    },
  };
}

/** A scene as a file: lossless, so that what it is drawn with is what is seen. */
export async function pictureBytes(
  scene: Scene,
  glyphs: GlyphSource,
  size: number,
): Promise<Uint8Array<ArrayBuffer>> {
  const { picture } = await drawScene(scene, { glyphs, size });
  const { width, height, data } = picture;
  return Uint8Array.from(
    await sharp(data, { raw: { width, height, channels: 3 } })
      .png({ compressionLevel: 1 })
      .toBuffer(),
  );
}
