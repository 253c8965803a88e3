import type {
  Batch,
  Embedder,
  LibraryFile,
  LibraryStudy,
  NewPicture,
} from '../../src/engine/library/library';
import type { ModelInfo } from '../../src/shared/study';

/** Width of the embeddings of the model under study. */
export const width = 4;

export function embedder(key: string, embeddingSize: number): Embedder {
  return { key, info: modelInfo(key, embeddingSize) };
}

/** A study whose numbers are made up. */
export const study: LibraryStudy = studyOf('study');

export function studyOf(key: string): LibraryStudy {
  return {
    info: {
      key,
      model: modelInfo('model', width),
      dictionary: { id: 'neurons', sha256: 'd', point: 'neurons', layer: 0, tokens: 'all', size: 100 },
      selfTest: null,
      notes: [],
    },
    embedder: embedder('model', width),
  };
}

export const into = { study: 'study', model: 'model', judge: null };

/** A picture named by one letter or more, with activations by component. */
export function picture(name: string, activations: Readonly<Record<number, number>>): NewPicture {
  const components = Object.keys(activations).map(Number);
  const values = Object.values(activations);
  const seed = name.charCodeAt(0);
  return {
    sha256: shaOf(name),
    width: 10 + name.length,
    height: 20,
    codes: {
      components: Int32Array.from(components),
      max: Float32Array.from(values),
      mean: Float32Array.from(values, (value) => value / 2),
      token: Int32Array.from(components, (component) => component % 7),
      // Values that float16 has exactly.
      contributions: Float32Array.from({ length: components.length * width }, (_, i) => (seed + i) / 8),
    },
    embedding: Float32Array.from({ length: width }, (_, i) => seed + i),
    judged: null,
  };
}

export function shaOf(name: string): string {
  return name.repeat(64).slice(0, 64);
}

export function file(path: string, sha256: string | null, change: Partial<LibraryFile> = {}): LibraryFile {
  return {
    path,
    size: 100,
    mtimeNs: 1_000_000_007n,
    inode: 2n ** 63n + 5n,
    sha256,
    classFolder: '.',
    failure: null,
    ...change,
  };
}

/** A file /i/<name>.png for each picture, named by the first letter of its hash. */
export function batchOf(pictures: readonly NewPicture[]): Batch {
  return { pictures, files: pictures.map(({ sha256 }) => file(`/i/${sha256[0]}.png`, sha256)) };
}

function modelInfo(id: string, embeddingSize: number): ModelInfo {
  return {
    id,
    folder: `/models/${id}`,
    format: 'open_clip',
    sha256: 'e',
    imageSize: 64,
    patchSize: 16,
    blocks: 2,
    embeddingSize,
    contextLength: 77,
    activation: 'gelu',
    logitScale: 100,
    logitBias: null,
  };
}
