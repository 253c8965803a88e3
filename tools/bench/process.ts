import { execFileSync } from 'node:child_process';
import * as path from 'node:path';
import type { Direction } from '../../src/shared/direction';
import type { ImageSource } from '../../src/shared/image';
import type { StudyRequest } from '../../src/shared/study';
import { createSupervisor, type EngineSupervisor } from '../../src/supervisor/engineSupervisor';
import type { BenchDevice } from './device';
import { median } from './measure';
import type { BenchModel } from './randomClip';
import type { Row } from './results';
import { atMost, besidePytorch, bytes, row, rowBeside, time } from './rows';

export interface ProcessFigures {
  /** Milliseconds from nothing to an engine that answers. */
  readonly start: number;
  /** Milliseconds from nothing to the first attribution, model and dictionary opened, hashes known. */
  readonly startToFirst: { readonly demo: number; readonly large: number };
  /** The same of a new Python that reads the large model and attributes; null where PyTorch is not installed. */
  readonly pytorch: number | null;
  /** Resident bytes of the engine; null where the system does not tell. */
  readonly resident: {
    readonly ready: number | null;
    /** After attributing with both towers of the large model. */
    readonly large: number | null;
    /** After changing back to the demo model. */
    readonly afterChange: number | null;
  };
}

const prompts: readonly Direction[] = [
  { kind: 'prompt', text: 'a photo of a wolf' },
  { kind: 'prompt', text: 'a photo of a dog' },
];

/** Figures of the built engine as a process of its own, asked through the supervisor. */
export async function measureProcess(
  root: string,
  large: BenchModel,
  { engineArguments }: BenchDevice,
  /** From nothing to PyTorch's first attribution with the large model. */
  pytorch: (() => Promise<void>) | null,
  rounds: number,
): Promise<ProcessFigures> {
  const image: ImageSource = { kind: 'file', path: path.join(root, 'examples/demo/images/wolf/wolf_00.jpg') };
  const demoStudy = {
    model: path.join(root, 'models/emoji-clip'),
    dictionary: path.join(root, 'models/sae-cls'),
  };
  // Random weights do not reconstruct.
  const largeStudy = { model: large.folder, dictionary: large.dictionary, acceptPoor: true };
  const engine = (): EngineSupervisor =>
    createSupervisor({
      entry: path.join(root, 'dist/engine.js'),
      cacheFolder: path.dirname(large.folder),
      args: engineArguments,
      log: () => undefined,
    });
  const first = async (study: StudyRequest) => {
    const one = engine();
    try {
      const start = await timed(() => one.remote.describe({}));
      const ready = resident(one.pid);
      const attribution = await timed(() =>
        one.remote.attribute({ study, images: [image], directions: [...prompts] }),
      );
      return { start, ready, attribution };
    } finally {
      await one.stop();
    }
  };
  await first(largeStudy); // hashes are remembered from here on
  const runs = {
    demo: [] as Awaited<ReturnType<typeof first>>[],
    large: [] as Awaited<ReturnType<typeof first>>[],
    pytorch: [] as number[],
  };
  for (let round = 0; round < rounds; round++) {
    runs.demo.push(await first(demoStudy));
    runs.large.push(await first(largeStudy));
    if (pytorch !== null) runs.pytorch.push(await timed(pytorch));
  }
  const whole = ({ start, attribution }: (typeof runs.demo)[number]) => start + attribution;

  const one = engine();
  try {
    const ask = (study: StudyRequest) =>
      one.remote.attribute({ study, images: [image], directions: [...prompts] });
    for (let again = 0; again < 3; again++) await ask(largeStudy);
    const largeResident = resident(one.pid);
    await ask(demoStudy);
    return {
      start: median([...runs.demo, ...runs.large].map(({ start }) => start)),
      startToFirst: { demo: median(runs.demo.map(whole)), large: median(runs.large.map(whole)) },
      pytorch: pytorch === null ? null : median(runs.pytorch),
      resident: { ready: runs.demo[0]?.ready ?? null, large: largeResident, afterChange: resident(one.pid) },
    };
  } finally {
    await one.stop();
  }
}

async function timed(work: () => Promise<unknown>): Promise<number> {
  const started = performance.now();
  await work();
  return performance.now() - started;
}

/** Bytes of a process in memory; null where the system does not tell. */
export function resident(pid: number | null): number | null {
  try {
    return 1024 * Number(execFileSync('ps', ['-o', 'rss=', '-p', String(pid)], { encoding: 'utf8' }).trim());
  } catch {
    return null;
  }
}

/** `label`: what people call the model; `limits`: where it is the one that they are demanded of. */
export function processRows(
  { start, startToFirst, pytorch, resident: memory }: ProcessFigures,
  {
    label,
    bytes: weights,
    limits,
  }: { readonly label: string; readonly bytes: number; readonly limits: boolean },
): Row[] {
  const first = time(startToFirst.large);
  const ofWeights = (what: string, value: number | null, most: number): Row =>
    value === null
      ? row(what, null)
      : rowBeside(what, bytes(value), { what: 'weights', measured: bytes(weights) }, atMost(most / weights));
  return [
    row('engine: start to ready', time(start)),
    row('engine: start to first attribution, demo model', time(startToFirst.demo)),
    {
      ...rowBeside(
        `engine: start to first attribution, ${label}, hashes known`,
        first,
        { what: 'allowed', measured: time(2000) },
        limits ? atMost(1) : null,
      ),
      pytorch: [
        besidePytorch(first, 'a new Python, no decoding, no text', pytorch === null ? null : time(pytorch)),
      ],
    },
    row('engine: resident when ready', memory.ready === null ? null : bytes(memory.ready)),
    ofWeights('engine: resident, both towers in use', memory.large, weights + (limits ? 250e6 : 600e6)),
    memory.afterChange === null
      ? row('engine: resident after a change to the demo model', null)
      : rowBeside(
          'engine: resident after a change to the demo model',
          bytes(memory.afterChange),
          { what: 'allowed', measured: bytes(200e6) },
          atMost(1),
        ),
  ];
}
