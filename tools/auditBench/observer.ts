import { tmpdir } from 'node:os';
import * as path from 'node:path';
import sharp from 'sharp';
import { HashCache } from '../../src/engine/checkpoint/hashCache';
import { prepareImage } from '../../src/engine/clip/prepareImage';
import { componentsOf, overTokens } from '../../src/engine/dictionary/codes';
import { selfTestStore } from '../../src/engine/dictionary/selfTestStore';
import { picturesIn } from '../../src/engine/image/picturesIn';
import { openModel } from '../../src/engine/model';
import { dot, normalise } from '../../src/engine/numeric/vector';
import { openStudy } from '../../src/engine/study';
import { drawScene } from '../world/draw';
import type { GlyphSource } from '../world/glyphs';
import type { Scene } from '../world/scene';

/** What a model and its dictionary make of a scene. */
export interface Seen {
  /** v = e/‖e‖. */
  readonly embedding: Float32Array;
  /** Active components, ascending, and how active each is at most. */
  readonly components: Int32Array;
  readonly activations: Float32Array;
}

export interface Observer {
  readonly components: number;
  /** One per scene, in order. A scene that was seen before is not drawn again. */
  see(scenes: readonly Scene[]): Promise<readonly Seen[]>;
  /** Unit vectors of texts. */
  texts(texts: readonly string[]): Promise<readonly Float32Array[]>;
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
  readonly report?: (seen: number) => void;
}

const batch = 32;

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
    return embeddings.map((embedding, i) => ({
      embedding: normalise(embedding),
      components: componentsOf(codes[i]!, dictionary.componentSize),
      activations: overTokens(codes[i]!, dictionary.componentSize).max,
    }));
  };

  return {
    components: dictionary.info.size,
    async see(scenes) {
      const keys = scenes.map((scene) => keyOf(scene));
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
    async texts(texts) {
      const { directions } = await study.resolve(
        texts.map((text) => ({ kind: 'prompt', text })),
        { signal: new AbortController().signal },
      );
      return directions.map(({ vector }) => vector);
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

export function scoreOf(seen: Seen, direction: Float32Array): number {
  return dot(seen.embedding, direction);
}

/** Captions are not drawn. */
function keyOf({ caption: _, ...drawn }: Scene): string {
  return JSON.stringify(drawn);
}
