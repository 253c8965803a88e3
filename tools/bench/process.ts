import { execFileSync } from 'node:child_process';
import * as path from 'node:path';
import type { Direction } from '../../src/shared/direction';
import type { ImageSource } from '../../src/shared/image';
import type { StudyRequest } from '../../src/shared/study';
import { createSupervisor, type EngineSupervisor } from '../../src/supervisor/engineSupervisor';
import { median } from './measure';
import type { BenchModel } from './randomClip';

export interface ProcessFigures {
  /** Milliseconds from nothing to an engine that answers. */
  readonly start: number;
  /** Milliseconds of the first attribution in a new process, model and dictionary opened, hashes known. */
  readonly first: { readonly demo: number; readonly large: number };
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
  };
  for (let round = 0; round < rounds; round++) {
    runs.demo.push(await first(demoStudy));
    runs.large.push(await first(largeStudy));
  }

  const one = engine();
  try {
    const ask = (study: StudyRequest) =>
      one.remote.attribute({ study, images: [image], directions: [...prompts] });
    for (let again = 0; again < 3; again++) await ask(largeStudy);
    const largeResident = resident(one.pid);
    await ask(demoStudy);
    return {
      start: median([...runs.demo, ...runs.large].map(({ start }) => start)),
      first: {
        demo: median(runs.demo.map(({ attribution }) => attribution)),
        large: median(runs.large.map(({ attribution }) => attribution)),
      },
      resident: { ready: runs.demo[0]?.ready ?? null, large: largeResident, afterChange: resident(one.pid) },
    };
  } finally {
    await one.stop();
  }
}

/** Resident bytes after attributing with both towers of a model, in a new process. */
export async function residentWith(
  root: string,
  { folder: model, dictionary }: BenchModel,
): Promise<number | null> {
  const image: ImageSource = { kind: 'file', path: path.join(root, 'examples/demo/images/wolf/wolf_00.jpg') };
  const engine = createSupervisor({ entry: path.join(root, 'dist/engine.js'), log: () => undefined });
  try {
    const study = { model, dictionary, acceptPoor: true };
    for (let again = 0; again < 3; again++) {
      await engine.remote.attribute({ study, images: [image], directions: [...prompts] });
    }
    return resident(engine.pid);
  } finally {
    await engine.stop();
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
