import { existsSync, mkdtempSync, rmSync } from 'node:fs';
import { cpus, tmpdir } from 'node:os';
import * as path from 'node:path';
import { parseArgs } from 'node:util';
import type { StudyRequest } from '../../src/shared/study';
import { type AuditingFigures, measureAuditing } from './auditing';
import { type ComparingFigures, comparedPrompts, measureComparing } from './comparing';
import { type ComputeFigures, measureCompute } from './compute';
import { type FindingFigures, measureFinding } from './finding';
import { type IndexingFigures, measureIndexing } from './indexing';
import { type InterveningFigures, measureIntervening } from './intervening';
import { hundredThousand, type LibraryFigures, measureLibrary } from './library';
import { measureProcess, type ProcessFigures, residentWith } from './process';
import { type BenchModel, vitB32, vitL14, writeRandomClip, writeRandomDictionary } from './randomClip';
import { measureStarting } from './starting';
import { measureTyping, type TypingFigures, typedPrompts } from './typing';

/**
 * Speed and memory, as ratios within one run on the same work: `npm run bench`. The model is a ViT-B/32 with random
 * weights, hooked at its last block but one, CLS token, a top-k dictionary of 64 among 30 000.
 */
const threads = 2;
const rounds = {
  compute: 41,
  process: 3,
  intervening: 41,
  comparing: 15,
  prompts: 9,
  typing: 15,
  starting: 5,
};

interface Row {
  readonly what: string;
  readonly value: string;
  readonly plain?: string;
  readonly ratio?: number;
  readonly limit?: number;
  /** Whether more than the limit is wanted, not less. */
  readonly atLeast?: boolean;
}

const { values: options } = parseArgs({
  options: {
    /** Nothing but this: `audit`, `compute`, `compare`, `intervening`, `indexing`, `library`, `prompts`, `start` or `typing`. */
    only: { type: 'string' },
    images: { type: 'string', default: '2000' },
  },
});

async function main(): Promise<void> {
  const root = path.resolve(__dirname, '..');
  if (!existsSync(path.join(root, 'dist/engine.js')))
    throw new Error('dist/engine.js is missing: npm run build');
  const under = mkdtempSync(path.join(tmpdir(), 'clipsight-bench-'));
  try {
    const wanted = (part: string) => options.only === undefined || options.only === part;
    const rows = [
      ...(wanted('compute') || wanted('compare') || wanted('typing') || wanted('indexing') || wanted('start')
        ? await modelRows(root, under, wanted)
        : []),
      ...(wanted('intervening') ? await intervening(root, under) : []),
      ...(wanted('library') ? await library() : []),
      ...(wanted('audit') ? await auditing(root, under) : []),
      ...(wanted('prompts') ? await finding(root) : []),
    ];
    print(rows);
    process.exitCode = rows.every(isWithin) ? 0 : 1;
  } finally {
    rmSync(under, { recursive: true, force: true });
  }
}

async function modelRows(root: string, under: string, wanted: (part: string) => boolean): Promise<Row[]> {
  console.log('Writing a ViT-B/32 with random weights …');
  const tokenizer = path.join(root, 'models/emoji-clip');
  const model = await writeRandomClip(under, vitB32, tokenizer);
  return [
    ...(wanted('compute') ? await computing(root, under, model, tokenizer) : []),
    ...(wanted('compare') ? await comparing(root, under, model) : []),
    ...(wanted('typing') ? await typing(root, under, model) : []),
    ...(wanted('indexing') ? await indexing(root, under, model) : []),
    ...(wanted('start') ? await starting(root, model) : []),
  ];
}

async function computing(root: string, under: string, model: BenchModel, tokenizer: string): Promise<Row[]> {
  console.log('Measuring the engine process …');
  const processes = await measureProcess(root, model, rounds.process);
  console.log('Measuring computations, in turn …');
  const compute = await measureCompute(model, threads, rounds.compute);
  console.log('Writing a ViT-L/14 with random weights and measuring its memory …');
  const larger = await writeRandomClip(under, vitL14, tokenizer);
  return [
    ...processRows(processes, compute, model.bytes),
    memoryRow(
      'engine: resident, both towers of a ViT-L/14',
      await residentWith(root, larger),
      larger.bytes,
      600e6,
    ),
    ...computeRows(compute),
  ];
}

async function comparing(root: string, under: string, model: BenchModel): Promise<Row[]> {
  console.log(`Comparing ${comparedPrompts} prompts …`);
  const demo = { model: path.join(root, 'models/emoji-clip'), dictionary: path.join(root, 'models/sae-cls') };
  const large = { model: model.folder, dictionary: model.dictionary, acceptPoor: true };
  const measured = async (study: StudyRequest) =>
    measureComparing(root, under, study, threads, rounds.comparing);
  return [
    ...comparingRows('demo model', await measured(demo)),
    ...comparingRows('ViT-B/32', await measured(large)),
    ...comparingRows(
      'neurons of the ViT-B/32',
      await measured({ ...large, dictionary: 'neurons:-2', tokens: 'cls' }),
    ),
  ];
}

async function typing(root: string, under: string, model: BenchModel): Promise<Row[]> {
  console.log(`Typing in a file of ${typedPrompts} prompts …`);
  const demo = { model: path.join(root, 'models/emoji-clip'), dictionary: path.join(root, 'models/sae-cls') };
  const large = { model: model.folder, dictionary: model.dictionary, acceptPoor: true };
  return [
    ...typingRows('demo model', await measureTyping(root, under, demo, threads, rounds.typing)),
    ...typingRows('ViT-B/32', await measureTyping(root, under, large, threads, rounds.typing)),
  ];
}

async function starting(root: string, model: BenchModel): Promise<Row[]> {
  console.log('Starting VS Code and the engine …');
  const { activation, firstCommand, first } = await measureStarting(root, model, rounds.starting);
  return [
    { what: 'activation in VS Code', ...within(activation, 50) },
    { what: 'the first command of a window, its features loaded', value: ms(firstCommand) },
    { what: 'engine start to first attribution, demo model', value: ms(first.demo) },
    { what: 'engine start to first attribution, ViT-B/32', ...within(first.large, 2000) },
  ];
}

async function indexing(root: string, under: string, model: BenchModel): Promise<Row[]> {
  const images = Number(options.images);
  console.log(`Indexing ${images} images …`);
  const dictionary = await writeRandomDictionary(under, vitB32, 4096);
  return indexingRows(await measureIndexing(root, under, { ...model, dictionary }, threads, images));
}

async function intervening(root: string, under: string): Promise<Row[]> {
  console.log('Dragging a component of the demo model …');
  return interveningRows(await measureIntervening(root, under, threads, rounds.intervening));
}

async function library(): Promise<Row[]> {
  console.log('Filling a library of 100 000 pictures and measuring it …');
  return libraryRows(await measureLibrary(hundredThousand, threads));
}

async function auditing(root: string, under: string): Promise<Row[]> {
  console.log('Auditing prompts on pictures of the demo …');
  return auditingRows(await measureAuditing(root, under, threads));
}

async function finding(root: string): Promise<Row[]> {
  console.log('Finding the prompts of a file of 20 000 lines …');
  return findingRows(await measureFinding(root, rounds.prompts));
}

/** The limit is a time that a person waits, whatever the machine. */
const within = (value: number, limit: number) => ({
  value: ms(value),
  plain: `${ms(limit)} allowed`,
  ratio: value / limit,
  limit: 1,
});

function interveningRows({ job, roundTrip }: InterveningFigures): Row[] {
  return [
    { what: 'a component scaled, demo model, 12 prompts', ...within(job, 50) },
    { what: 'the same through the engine process', ...within(roundTrip, 50) },
  ];
}

function comparingRows(of: string, { attribute, scores, strongest }: ComparingFigures): Row[] {
  const beside = (value: number) => ({
    value: ms(value),
    plain: `${ms(attribute)} (attribute, 1 prompt)`,
    ratio: value / attribute,
  });
  return [
    { what: `scores of ${comparedPrompts} prompts on a seen image, ${of}`, ...beside(scores) },
    { what: 'the same with the strongest component of each', ...beside(strongest) },
  ];
}

function auditingRows({ images, prompts, index, first, further }: AuditingFigures): Row[] {
  const beside = (value: number) => ({
    value: ms(value),
    plain: `${ms(index)} (indexing the ${images} images)`,
    ratio: value / index,
  });
  return [
    { what: `audit of ${prompts} prompts, the first on these images`, ...beside(first) },
    { what: `audit of ${prompts} further prompts on the same images`, ...beside(further) },
    { what: 'the same of 1 000 further prompts, in proportion', ...beside((1000 * further) / prompts) },
  ];
}

function findingRows({ parse, plain, find }: FindingFigures): Row[] {
  const beside = (value: number) => ({
    value: ms(value),
    plain: `${ms(parse)} (parsing alone)`,
    ratio: value / parse,
  });
  return [
    { what: 'syntax tree of 20 000 lines as plain data', ...beside(plain) },
    { what: 'its 2 000 prompts found', ...beside(find) },
  ];
}

function typingRows(of: string, { find, hints, shares, scrolled }: TypingFigures): Row[] {
  return [
    { what: `prompts found after a pause, ${typedPrompts} in the file`, value: ms(find) },
    { what: `until the visible hints are there, ${of}`, ...within(hints, 1000) },
    { what: 'until the shares are, too', value: ms(shares) },
    { what: 'hints of 40 unseen prompts, the rest under way', value: ms(scrolled) },
  ];
}

function libraryRows(figures: LibraryFigures): Row[] {
  return [
    { what: 'library of 100 000 pictures: load', value: ms(figures.load) },
    { what: 'after a component was renamed', value: ms(figures.loadRenamed) },
    { what: 'samples of any component', ...within(figures.samples, 50) },
    { what: 'summaries of 100 components', ...within(figures.summaries, 50) },
    { what: 'labels of 30 000 components from 5 000 words', ...within(figures.labels, 10_000) },
    { what: 'a text against all components', value: ms(figures.search) },
    { what: 'what fires together, first component', value: ms(figures.together.first) },
    { what: 'what fires together, another one', value: ms(figures.together.next) },
    {
      what: 'mean attribution, 1 000 prompts, 100 classes of 10 000 components',
      ...within(figures.meanAttribution, 60_000),
    },
    { what: 'best and worst pictures, 1 prompt', value: ms(figures.matches.one) },
    { what: 'best and worst pictures, 100 prompts', ...within(figures.matches.hundred, 2000) },
    { what: '100 texts against all components', value: ms(figures.aligned) },
    { what: 'resident afterwards', value: mb(figures.resident) },
  ];
}

function indexingRows(figures: IndexingFigures): Row[] {
  const { count, bare, plain, withContributions, residentQuarter, residentAll } = figures;
  const rate = (value: number) => `${value.toFixed(1)} images/s`;
  const beside = (value: number) => ({
    value: rate(value),
    plain: `${rate(bare.rate)} (decoding and plain forward pass, ${bare.batch} at a time)`,
    ratio: value / bare.rate,
  });
  const memory =
    residentQuarter === null || residentAll === null
      ? { value: 'not told by this system' }
      : {
          value: mb(residentAll),
          plain: `${mb(residentQuarter)} (a quarter)`,
          ratio: residentAll / residentQuarter,
        };
  return [
    { what: `indexing ${count} images`, ...beside(plain), limit: 0.85, atLeast: true },
    { what: 'the same with contributions', ...beside(withContributions) },
    { what: 'engine: resident after all images', ...memory },
  ];
}

function isWithin({ ratio, limit, atLeast = false }: Row): boolean {
  return limit === undefined || (atLeast ? ratio! >= limit : ratio! <= limit);
}

const ms = (value: number): string => `${value.toFixed(value < 10 ? 2 : 1)} ms`;
const mb = (value: number): string => `${(value / 1e6).toFixed(0)} MB`;

function processRows(
  { start, first, resident }: ProcessFigures,
  { plain }: ComputeFigures,
  weights: number,
): Row[] {
  const beside = (value: number) => ({ value: ms(value), plain: ms(plain), ratio: value / plain });
  return [
    { what: 'engine: start to ready', ...beside(start) },
    { what: 'engine: first attribution, demo model', ...beside(first.demo) },
    { what: 'engine: first attribution, ViT-B/32', ...beside(first.large) },
    memoryRow('engine: resident when ready', resident.ready, weights),
    memoryRow('engine: resident, both towers in use', resident.large, weights, 250e6),
    memoryRow(
      'engine: resident after change to the demo model',
      resident.afterChange,
      weights,
      200e6 - weights,
    ),
  ];
}

/** Beside the bytes of the weights; `above`: as much more than they take is allowed. */
function memoryRow(what: string, value: number | null, weights: number, above?: number): Row {
  if (value === null) return { what, value: 'not told by this system' };
  return {
    what,
    value: `${mb(value)}; weights ${mb(weights)}`,
    ratio: value / weights,
    ...(above === undefined ? {} : { limit: (weights + above) / weights }),
  };
}

function computeRows(figures: ComputeFigures): Row[] {
  const { plain, onePrompt, hundredPrompts, graphBytes } = figures;
  const beside = (value: number) => ({ value: ms(value), plain: ms(plain), ratio: value / plain });
  return [
    { what: 'plain ONNX forward pass', ...beside(plain) },
    { what: 'warm attribution, 1 prompt', ...beside(onePrompt), limit: 1.15 },
    { what: 'warm attribution, 100 prompts', ...beside(hundredPrompts) },
    {
      what: '100 prompts beside 1',
      value: ms(hundredPrompts),
      plain: `${ms(onePrompt)} (1 prompt)`,
      ratio: hundredPrompts / onePrompt,
      limit: 1.2,
    },
    { what: 'each of the 2nd to 100th prompt', ...beside((hundredPrompts - onePrompt) / 99) },
    { what: 'a new prompt on a kept image, text given', ...beside(figures.newPromptOnKept) },
    { what: 'the text of a new prompt', ...beside(figures.text) },
    { what: 'trunk, weights prepacked', ...beside(figures.trunk) },
    { what: 'trunk, weights in place', ...beside(figures.trunkInPlace) },
    { what: 'after the hook, reverse, 1 prompt', ...beside(figures.reverse) },
    { what: 'after the hook, forward, 64 latents', ...beside(figures.forward) },
    {
      what: 'exact ablation of 64 components',
      value: ms(figures.ablation),
      plain: `${ms(figures.trunk)} (trunk)`,
      ratio: figures.ablation / figures.trunk,
      limit: 3,
    },
    { what: 'integrated gradients, 1 prompt, 16 points', ...beside(figures.integratedGradients) },
    { what: 'map of what made a component fire', ...beside(figures.evidenceMap) },
    { what: 'the same of one patch, all 64 components', ...beside(figures.evidenceAtPatch) },
    { what: 'graph file of the whole tower', value: `${(graphBytes / 1024).toFixed(0)} KB` },
  ];
}

function print(rows: readonly Row[]): void {
  console.log(
    `\n${cpus()[0]?.model ?? 'unknown processor'}, ${threads} threads, Node ${process.versions.node}\n`,
  );
  console.log('| what | measured | beside | ratio | limit |\n|---|---|---|---|---|');
  for (const row of rows) {
    const { what, value, plain = '', ratio, limit, atLeast } = row;
    const verdict =
      limit === undefined
        ? ''
        : `${atLeast ? '≥ ' : ''}${limit.toFixed(2)} ${isWithin(row) ? '✓' : '✗ missed'}`;
    console.log(`| ${what} | ${value} | ${plain} | ${ratio?.toFixed(3) ?? ''} | ${verdict} |`);
  }
}

void main();
