import * as path from 'node:path';
import type { StudyRequest } from '../../src/shared/study';
import type { Arguments } from './arguments';
import { auditingRows, measureAuditing } from './auditing';
import { comparedPrompts, comparingRows, measureComparing } from './comparing';
import { measureCompute, measureMaps } from './compute';
import { computeRows, mapRows } from './computeRows';
import type { BenchDevice } from './device';
import { findingRows, measureFinding } from './finding';
import { indexingRows, measureIndexing } from './indexing';
import { interveningRows, measureIntervening } from './intervening';
import { hundredThousand, libraryRows, measureLibrary } from './library';
import { measureProcess, processRows } from './process';
import {
  type BenchModel,
  type ClipSize,
  clips,
  usualHook,
  writeRandomClip,
  writeRandomDictionary,
} from './randomClip';
import type { Reference } from './reference';
import type { Group, Row, Section } from './results';
import { measureStarting, startingRows } from './starting';
import { measureTyping, typedPrompts, typingRows } from './typing';

export interface Bench {
  readonly root: string;
  /** A folder for what is made on the way. */
  readonly under: string;
  readonly device: BenchDevice;
  /** Null where PyTorch is not installed. */
  readonly reference: Reference | null;
  readonly startPytorch: (() => Promise<Reference>) | null;
}

const rounds = { maps: 5, process: 3, intervening: 41, comparing: 15, prompts: 9, typing: 15, start: 5 };

/** What was asked for, measured, a section at a time. */
export async function* sectionsOf(asked: Arguments, bench: Bench): AsyncGenerator<Section> {
  const { root, under, device } = bench;
  const { threads } = device;
  const wanted = (group: Group) => asked.only.includes(group);
  const clip = clips[asked.model];
  const where = device.device === 'cpu' ? '' : `, ${device.device}`;
  const hooked = `${clip.label}, hook ${asked.hook.layer}, ${asked.hook.tokens === 'cls' ? 'CLS' : 'all tokens'}${where}`;
  if ((['compute', 'maps', 'process', 'indexing', 'compare', 'typing'] as const).some(wanted)) {
    const model = await writeModel(clip, asked, bench);
    if (wanted('compute'))
      yield section('compute', hooked, asked.rounds, await computing(clip, model, asked, bench));
    if (wanted('maps')) {
      say(`Measuring passes back to the patches on ${device.device} …`);
      const rows = mapRows(await measureMaps(model, device, rounds.maps));
      yield section('maps', hooked, rounds.maps, rows);
    }
    if (wanted('process') && device.device === 'cpu')
      yield section('process', clip.label, rounds.process, await starting(clip, model, bench));
    if (wanted('indexing'))
      yield section('indexing', `${clip.label}${where}`, null, await indexing(clip, model, asked, bench));
    if (wanted('compare')) {
      for (const [subject, study] of comparedStudies(root, clip, model)) {
        say(`Comparing ${comparedPrompts} prompts …`);
        const figures = await measureComparing(root, under, study, threads, rounds.comparing);
        yield section('compare', subject, rounds.comparing, comparingRows(figures));
      }
    }
    if (wanted('typing')) {
      for (const [subject, study] of [demo(root), large(clip, model)]) {
        say(`Typing in a file of ${typedPrompts} prompts …`);
        const figures = await measureTyping(root, under, study, threads, rounds.typing);
        yield section('typing', subject, rounds.typing, typingRows(figures));
      }
    }
  }
  if (wanted('intervening')) {
    say('Dragging a component of the demo model …');
    const figures = await measureIntervening(root, under, threads, rounds.intervening);
    yield section('intervening', '', rounds.intervening, interveningRows(figures));
  }
  if (wanted('start')) {
    say('Starting VS Code …');
    yield section('start', 'VS Code', rounds.start, startingRows(measureStarting(root, rounds.start)));
  }
  if (wanted('library')) {
    say('Filling a library of 100 000 pictures and measuring it …');
    yield section('library', '', null, libraryRows(await measureLibrary(hundredThousand, threads)));
  }
  if (wanted('audit')) {
    say('Auditing prompts on pictures of the demo …');
    yield section('audit', '', null, auditingRows(await measureAuditing(root, under, threads)));
  }
  if (wanted('prompts')) {
    say('Finding the prompts of a file of 20 000 lines …');
    yield section('prompts', '', rounds.prompts, findingRows(await measureFinding(root, rounds.prompts)));
  }
}

async function writeModel(clip: ClipSize, { hook }: Arguments, { root, under }: Bench): Promise<BenchModel> {
  say(`Writing a ${clip.label} with random weights …`);
  return writeRandomClip(under, clip, path.join(root, 'models/emoji-clip'), hook);
}

async function computing(
  clip: ClipSize,
  model: BenchModel,
  asked: Arguments,
  { device, reference }: Bench,
): Promise<Row[]> {
  say(`Measuring computations on ${device.device}, in turn …`);
  const left = clip.image.blocks - 1 - (asked.hook.layer + (asked.hook.layer < 0 ? clip.image.blocks : 0));
  const oneBlockLeft = left === 1 && asked.hook.tokens === 'cls' && device.device === 'cpu';
  // What is demanded of the usual model with the usual hook, whose figures stand for it.
  const usual = oneBlockLeft && clip === clips.b32;
  return computeRows(await measureCompute(model, device, reference, asked.rounds), {
    oneBlockLeft,
    own: usual ? 8 : null,
    frozen: usual ? 3 : null,
  });
}

async function starting(clip: ClipSize, model: BenchModel, bench: Bench): Promise<Row[]> {
  say('Measuring the engine process …');
  const { root, device, startPytorch } = bench;
  const size = clip.image.size;
  const firstOfPytorch = async () => {
    const reference = await startPytorch!();
    try {
      await reference.load(model, device.threads);
      await reference.show(new Float32Array(3 * size * size).fill(0.5), unit(clip.embedding));
      await reference.attribute('lean');
    } finally {
      await reference.stop();
    }
  };
  const figures = await measureProcess(
    root,
    model,
    device,
    startPytorch === null ? null : firstOfPytorch,
    rounds.process,
  );
  return processRows(figures, { label: clip.label, bytes: model.bytes, limits: clip === clips.b32 });
}

async function indexing(
  clip: ClipSize,
  model: BenchModel,
  { images }: Arguments,
  bench: Bench,
): Promise<Row[]> {
  const { root, under, device, reference } = bench;
  say(`Indexing ${images} images on ${device.device} …`);
  // The table of all components is no part of it: as many latents as the demo has.
  const dictionary = await writeRandomDictionary(under, clip, 4096, usualHook);
  const figures = await measureIndexing(root, under, { ...model, dictionary }, device, reference, images);
  return indexingRows(figures, clip === clips.b32 && device.device === 'cpu');
}

function demo(root: string): readonly [string, StudyRequest] {
  return [
    'demo model',
    { model: path.join(root, 'models/emoji-clip'), dictionary: path.join(root, 'models/sae-cls') },
  ];
}

/** Random weights do not reconstruct. */
function large({ label }: ClipSize, { folder, dictionary }: BenchModel): readonly [string, StudyRequest] {
  return [label, { model: folder, dictionary, acceptPoor: true }];
}

function comparedStudies(
  root: string,
  clip: ClipSize,
  model: BenchModel,
): readonly (readonly [string, StudyRequest])[] {
  const neurons: StudyRequest = {
    model: model.folder,
    dictionary: 'neurons:-2',
    tokens: 'cls',
    acceptPoor: true,
  };
  return [demo(root), large(clip, model), [`neurons of the ${clip.label}`, neurons]];
}

function unit(length: number): Float32Array {
  return new Float32Array(length).fill(1 / Math.sqrt(length));
}

function section(group: Group, subject: string, of: number | null, rows: Row[]): Section {
  return { group, subject, date: new Date().toISOString().slice(0, 10), rounds: of, rows };
}

function say(text: string): void {
  process.stderr.write(`${text}\n`);
}
