import type { ClassSum, KeptText, Library, Pictures } from '../../src/engine/library/library';
import { type Annotation, noAnnotation } from '../../src/shared/library';

/** One picture of a library for tests. Numbers are by component. */
export interface MemoryPicture {
  readonly sha256: string;
  readonly path: string;
  readonly codes: readonly {
    readonly component: number;
    readonly max: number;
    readonly mean?: number;
    readonly token?: number;
    readonly contribution?: readonly number[];
  }[];
  /** By the embedder's key. */
  readonly embeddings: Readonly<Record<string, readonly number[]>>;
}

export interface MemoryLibrary extends Library {
  version: number;
  /** What was asked of it. */
  readonly asked: string[];
}

/** What the inspector reads of a library, from plain arrays. One study; pictures must be sorted by their SHA-256. */
export function memoryLibrary(
  pictures: () => readonly MemoryPicture[],
  {
    sums = [],
    annotations = new Map<number, Annotation>(),
    owner = true,
  }: {
    readonly sums?: readonly ClassSum[];
    readonly annotations?: Map<number, Annotation>;
    readonly owner?: boolean;
  } = {},
): MemoryLibrary {
  const texts = new Map<string, KeptText>();
  const results = new Map<string, Uint8Array>();
  const asked: string[] = [];
  const missing = (name: string) => () => {
    throw new Error(`${name} is not in memory`);
  };
  const entries = (known: Pictures) =>
    pictures().flatMap(({ sha256, codes }) =>
      codes.map((code) => ({ ...code, picture: known.sha256.indexOf(sha256) })),
    );
  const chunk = (some: ReturnType<typeof entries>) => ({
    pictures: Int32Array.from(some, ({ picture }) => picture),
    components: Int32Array.from(some, ({ component }) => component),
    max: Float32Array.from(some, ({ max }) => max),
    mean: Float32Array.from(some, ({ max, mean }) => mean ?? max),
    tokens: Int32Array.from(some, ({ token }) => token ?? 0),
  });
  const rows = (all: readonly (readonly number[])[]) => ({
    data: Float32Array.from(all.flat()),
    width: all[0]?.length ?? 1,
  });
  return {
    file: '/library.duckdb',
    access: owner ? { kind: 'owner' } : { kind: 'snapshot', pid: 1, taken: null },
    version: 1,
    asked,
    async pictures() {
      const all = pictures();
      return {
        sha256: all.map(({ sha256 }) => sha256),
        paths: all.map(({ path }) => path),
        width: new Int32Array(all.length).fill(64),
        height: new Int32Array(all.length).fill(64),
      };
    },
    async lacking(_sha256, { embedders }) {
      const lacks = (key: string) =>
        new Set(pictures().flatMap((one) => (one.embeddings[key] === undefined ? [one.sha256] : [])));
      return { codes: new Set<string>(), embeddings: embedders.map(lacks) };
    },
    async *activations(_study, known) {
      asked.push('activations');
      const all = entries(known);
      for (let start = 0; start < all.length; start += 7) yield chunk(all.slice(start, start + 7));
    },
    activationsOf: async (_study, component, known) =>
      chunk(entries(known).filter((entry) => entry.component === component)),
    async embeddings(key, sha256) {
      const all = sha256.map((wanted) => pictures().find((one) => one.sha256 === wanted)?.embeddings[key]);
      const width = all.find((one) => one !== undefined)?.length ?? 1;
      return {
        rows: { ...rows(all.map((one) => one ?? new Array<number>(width).fill(0))), width },
        present: Uint8Array.from(all, (one) => (one === undefined ? 0 : 1)),
      };
    },
    async *allEmbeddings(key, known) {
      for (const { sha256, embeddings } of pictures()) {
        const place = known.sha256.indexOf(sha256);
        const embedding = embeddings[key];
        if (place !== -1 && embedding !== undefined) {
          yield { pictures: Int32Array.of(place), rows: rows([embedding]) };
        }
      }
    },
    async contributionsOf(_study, component, known) {
      const kept = entries(known).filter((e) => e.component === component && e.contribution !== undefined);
      return {
        pictures: Int32Array.from(kept, ({ picture }) => picture),
        contributions: rows(kept.map(({ contribution }) => contribution!)),
      };
    },
    async classes() {
      return sums.map(({ classFolder, pictures: summed }) => ({
        name: classFolder,
        summed: summed.length,
        pictures: summed.length,
        both: summed.length,
      }));
    },
    classSum: async (_study, name) => sums.find(({ classFolder }) => classFolder === name) ?? null,
    async classSumsOf(_study, component) {
      return sums.flatMap(({ classFolder, components, sums: { data, width } }) => {
        const row = components.indexOf(component);
        return row === -1 ? [] : [{ classFolder, sum: data.subarray(row * width, (row + 1) * width) }];
      });
    },
    annotations: async () => annotations,
    texts: async (_embedder, wanted) =>
      new Map(wanted.flatMap((text) => (texts.has(text) ? [[text, texts.get(text)!] as const] : []))),
    async keepTexts(_embedder, kept) {
      asked.push(`keep ${kept.size}`);
      for (const [text, one] of kept) texts.set(text, one);
    },
    async annotate(_study, component, annotation) {
      annotations.set(component, { ...noAnnotation, ...annotation });
    },
    kept: async (names) =>
      new Map(names.flatMap((name) => (results.has(name) ? [[name, results.get(name)!] as const] : []))),
    async keep(fresh) {
      for (const [name, bytes] of fresh) results.set(name, bytes);
    },
    studies: missing('studies'),
    async files() {
      return pictures().map(({ path, sha256 }) => ({
        path,
        sha256,
        classFolder: path.split('/').slice(1, -1).join('/') || '.',
        size: 1,
        mtimeNs: 1n,
        inode: 1n,
        failure: null,
      }));
    },
    filesOf: missing('filesOf'),
    counts: missing('counts'),
    failures: missing('failures'),
    lackingContributions: missing('lackingContributions'),
    contributionsIn: missing('contributionsIn'),
    contributionSize: missing('contributionSize'),
    thumbnail: missing('thumbnail'),
    fileOf: missing('fileOf'),
    liveComponents: missing('liveComponents'),
    useStudy: missing('useStudy'),
    useEmbedder: async () => undefined,
    add: missing('add'),
    removeFiles: missing('removeFiles'),
    setClassSum: missing('setClassSum'),
    keepThumbnail: missing('keepThumbnail'),
    writeContributions: missing('writeContributions'),
    settle: missing('settle'),
    exportTo: missing('exportTo'),
    importFrom: missing('importFrom'),
    close: missing('close'),
  };
}
