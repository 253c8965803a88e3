import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import * as path from 'node:path';
import type { ScoreDirection } from '../../src/engine/attribution/score';
import { firingFacts, firingOf, NEIGHBOURS } from '../../src/engine/components/card';
import { buildCoactivity, nearestByActivity } from '../../src/engine/components/coactivity';
import { ComponentTables } from '../../src/engine/components/componentTables';
import { Labeller } from '../../src/engine/components/labelling';
import { depthFor, matchedPictures } from '../../src/engine/components/matchedPictures';
import { meanAttribution } from '../../src/engine/components/meanAttribution';
import { alignments } from '../../src/engine/components/search';
import type { InTurn, Subject, Turn } from '../../src/engine/components/subject';
import { summaryOf } from '../../src/engine/components/summaries';
import { alignTexts } from '../../src/engine/components/textAlignments';
import { TextVectors } from '../../src/engine/components/textVectors';
import type { Embedder, Library, LibraryStudy, NewPicture } from '../../src/engine/library/library';
import { openLibrary } from '../../src/engine/library/openLibrary';
import { uniforms } from '../../src/engine/numeric/uniforms';
import { normalise } from '../../src/engine/numeric/vector';
import { noAnnotation } from '../../src/shared/library';
import type { JobContext } from '../../src/shared/rpc/protocol';
import { median } from './measure';
import type { Row } from './results';
import { bytes, row, rowWithin, time } from './rows';

/** Milliseconds, of a library whose pictures were never there. */
export interface LibraryFigures {
  readonly fill: number;
  /** From an open library to samples, meanings and counts of all components. */
  readonly load: number;
  /** The same, where the library is as it was. */
  readonly loadAgain: number;
  /** The same, where a component was renamed. */
  readonly loadRenamed: number;
  /** Samples, counts and histogram of one component. */
  readonly samples: number;
  /** Of 100 components at once. */
  readonly summaries: number;
  /** What fires together: the first component, and any after it. */
  readonly together: { readonly first: number; readonly next: number };
  readonly labels: number;
  readonly search: number;
  readonly meanAttribution: number;
  /** The best and worst pictures of one direction, and of a hundred. */
  readonly matches: { readonly one: number; readonly hundred: number };
  /** A hundred new texts against all components. */
  readonly aligned: number;
  readonly resident: number;
}

export interface LibrarySize {
  readonly pictures: number;
  readonly active: number;
  readonly components: number;
  readonly width: number;
  readonly words: number;
  readonly classes: number;
  /** Components in the sum of a class. */
  readonly inClass: number;
  readonly prompts: number;
}

export const hundredThousand: LibrarySize = {
  pictures: 100_000,
  active: 64,
  components: 30_000,
  width: 512,
  words: 5000,
  classes: 100,
  inClass: 10_000,
  prompts: 1000,
};

const job: JobContext = { signal: new AbortController().signal, progress: () => undefined };

export async function measureLibrary(size: LibrarySize, threads: number): Promise<LibraryFigures> {
  const folder = mkdtempSync(path.join(tmpdir(), 'clipsight-library-'));
  const library = await openLibrary(path.join(folder, 'library.duckdb'), { threads });
  try {
    const fill = await timed(() => fillLibrary(library, size));
    return { fill, ...(await measured(library, size, threads)) };
  } finally {
    await library.close();
    rmSync(folder, { recursive: true, force: true });
  }
}

async function measured(
  library: Library,
  size: LibrarySize,
  threads: number,
): Promise<Omit<LibraryFigures, 'fill'>> {
  const draw = uniforms(7);
  const subject = subjectOf(size);
  const tables = new ComponentTables();
  const load = await timed(() => tables.load(library, subject, job));
  const loadAgain = await timed(() => tables.load(library, subject, job));
  await library.annotate(subject.study.key, 1, { ...noAnnotation, name: 'one' });
  const loadRenamed = await timed(() => tables.load(library, subject, job));
  const loaded = await tables.load(library, subject, job);
  const { table } = loaded;

  const some = Array.from({ length: 100 }, () => Math.floor(draw() * size.components));
  const samples: number[] = [];
  for (const component of some.slice(0, 21)) {
    samples.push(
      await timed(async () => {
        const firing = firingOf(await library.activationsOf(subject.study.key, component, table.pictures));
        firingFacts(firing, 'max', null, 100, table, subject.regions);
      }),
    );
  }

  const texts = new TextVectors();
  const labeller = new Labeller({ nounsFile: '', texts, threads });
  const vocabulary = { texts: Array.from({ length: size.words }, (_, i) => `word ${i}`), nouns: false };
  const { inTurn } = turnsOf(size, draw);
  await texts.of([...vocabulary.texts, ''], library, subject, inTurn, job);
  const label = () => labeller.label(vocabulary, loaded, library, subject, inTurn, job);
  const labels = await timed(label);
  const labelling = await label();
  const sources = { table, labelling, annotations: new Map(), subject };
  const summaries = await timed(async () => some.map((component) => summaryOf(component, sources)));
  const word = unit(size.width, draw);
  const search = await timed(async () => alignments(table.meanings, word, word));

  const nearest = async (component: number): Promise<void> => {
    const coactivity = await loaded.coactivity.get('', job, (shared) =>
      buildCoactivity(library, subject, table, shared),
    );
    const firing = firingOf(await library.activationsOf(subject.study.key, component, table.pictures));
    nearestByActivity(coactivity, component, firing, NEIGHBOURS);
  };
  const together = {
    first: await timed(() => nearest(some[0]!)),
    next: await timed(() => nearest(some[1]!)),
  };

  const directions = new Float32Array(size.prompts * size.width);
  for (let i = 0; i < size.prompts; i++) directions.set(unit(size.width, draw), i * size.width);
  const mean = await timed(() =>
    meanAttribution(library, subject, { data: directions, width: size.width }, 20, threads, job),
  );
  const match = (count: number) => {
    const asked = Array.from(
      { length: count },
      (): ScoreDirection => ({ kind: 'cosine', vector: unit(size.width, draw) }),
    );
    return timed(() =>
      matchedPictures(asked, depthFor(10), library, subject.judge.key, table.pictures, threads, job),
    );
  };
  const matches = { one: await match(1), hundred: await match(100) };
  const said = Array.from({ length: 100 }, (_, i) => `a text ${i}`);
  const aligned = await timed(() =>
    alignTexts(
      said,
      () => unit(size.width, draw),
      word,
      table.meanings,
      loaded.alignments,
      threads,
      job,
      () => undefined,
    ),
  );
  return {
    load,
    loadAgain,
    loadRenamed,
    samples: median(samples),
    summaries,
    together,
    labels,
    search,
    meanAttribution: mean,
    matches,
    aligned,
    resident: process.memoryUsage.rss(),
  };
}

/** Components fire the more rarely the higher their number, as those of a dictionary do when they are sorted. */
async function fillLibrary(library: Library, size: LibrarySize): Promise<void> {
  const draw = uniforms(1);
  const { study, judge } = names(size);
  await library.useStudy(study);
  await library.useEmbedder(judge);
  const perBatch = 500;
  const perClass = Math.ceil(size.pictures / size.classes);
  for (let start = 0; start < size.pictures; start += perBatch) {
    const pictures = Array.from({ length: Math.min(perBatch, size.pictures - start) }, (_, i) =>
      pictureOf(start + i, size, draw),
    );
    const files = pictures.map(({ sha256 }, i) => ({
      path: `/pictures/class-${Math.floor((start + i) / perClass)}/${sha256.slice(0, 12)}.jpg`,
      size: 1,
      mtimeNs: 1n,
      inode: BigInt(start + i),
      sha256,
      classFolder: `class-${Math.floor((start + i) / perClass)}`,
      failure: null,
    }));
    await library.add({ pictures, files }, { study: study.info.key, model: 'model', judge: judge.key });
  }
  for (let i = 0; i < size.classes; i++) {
    await library.setClassSum(study.info.key, {
      classFolder: `class-${i}`,
      pictures: Array.from({ length: perClass }, (_, n) => shaOf(i * perClass + n)),
      components: Int32Array.from({ length: size.inClass }, (_, n) =>
        Math.floor((n * size.components) / size.inClass),
      ),
      sums: {
        data: Float32Array.from({ length: size.inClass * size.width }, () => draw() - 0.5),
        width: size.width,
      },
    });
  }
}

function pictureOf(i: number, size: LibrarySize, draw: () => number): NewPicture {
  const chosen = new Set<number>();
  while (chosen.size < size.active) chosen.add(Math.floor(draw() ** 1.5 * size.components));
  const components = Int32Array.from(chosen).sort();
  const max = Float32Array.from(components, () => 0.1 + draw() * 10);
  return {
    sha256: shaOf(i),
    width: 640,
    height: 480,
    codes: { components, max, mean: max, token: new Int32Array(size.active), contributions: null },
    embedding: null,
    judged: Float32Array.from({ length: size.width }, () => draw() - 0.3),
  };
}

/** In no order, as hashes are. */
function shaOf(i: number): string {
  return (Math.imul(i + 1, 0x9e3779b1) >>> 0).toString(16).padStart(8, '0').padEnd(64, '0');
}

function names({ components, width }: LibrarySize): {
  readonly study: LibraryStudy;
  readonly judge: Embedder;
} {
  const model: LibraryStudy['info']['model'] = {
    id: 'model',
    folder: '/model',
    format: 'huggingface-clip',
    sha256: '0'.repeat(64),
    imageSize: 224,
    patchSize: 32,
    blocks: 12,
    embeddingSize: width,
    contextLength: 77,
    activation: 'quick_gelu',
    logitScale: 100,
    logitBias: null,
  };
  return {
    study: {
      info: {
        key: 'study',
        model,
        dictionary: {
          id: 'dictionary',
          sha256: '1'.repeat(64),
          point: 'resid_post',
          layer: 10,
          tokens: 'cls',
          size: components,
        },
        selfTest: null,
        notes: [],
      },
      embedder: { key: 'model', info: model },
    },
    judge: { key: 'judge', info: { ...model, id: 'judge' } },
  };
}

function subjectOf(size: LibrarySize): Subject {
  const { study, judge } = names(size);
  return {
    study: { ...study.info, computed: { device: 'cpu', precision: 'fp32' } },
    size: size.components,
    embedder: study.embedder.key,
    judge: { key: judge.key, embedder: judge, id: 'judge', name: 'judge', embeddingSize: size.width },
    regions: {
      grid: 7,
      firstPatch: 1,
      placed: false,
      crop: (width, height) => ({ left: 0, top: 0, width, height }),
      region: () => null,
    },
  };
}

/** A judge that reads at once. */
function turnsOf({ width }: LibrarySize, draw: () => number): { readonly inTurn: InTurn } {
  const judge: Turn['judge'] = {
    text: {
      embed: async (texts) =>
        texts.map(() => ({ vector: unit(width, draw), truncated: false, readAs: null })),
    },
  };
  const study = new Proxy({} as Turn['study'], {
    get: () => {
      throw new Error('no model is run');
    },
  });
  return { inTurn: (_job, use) => use({ study, judge }) };
}

function unit(width: number, draw: () => number): Float32Array {
  return normalise(Float32Array.from({ length: width }, () => draw() - 0.5));
}

async function timed(work: () => Promise<unknown>): Promise<number> {
  const started = performance.now();
  await work();
  return performance.now() - started;
}

export function libraryRows(figures: LibraryFigures): Row[] {
  return [
    row('library of 100 000 pictures: load', time(figures.load)),
    row('after a component was renamed', time(figures.loadRenamed)),
    rowWithin('samples of any component', figures.samples, 50),
    rowWithin('summaries of 100 components', figures.summaries, 50),
    rowWithin('labels of 30 000 components from 5 000 words', figures.labels, 10_000),
    row('a text against all components', time(figures.search)),
    row('what fires together, first component', time(figures.together.first)),
    row('what fires together, another one', time(figures.together.next)),
    rowWithin(
      'mean attribution, 1 000 prompts, 100 classes of 10 000 components',
      figures.meanAttribution,
      60_000,
    ),
    row('best and worst pictures, 1 prompt', time(figures.matches.one)),
    rowWithin('best and worst pictures, 100 prompts', figures.matches.hundred, 2000),
    row('100 texts against all components', time(figures.aligned)),
    row('resident afterwards', bytes(figures.resident)),
  ];
}
