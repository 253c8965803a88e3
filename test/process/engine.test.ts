import { appendFileSync, cpSync, mkdtempSync, rmSync, utimesSync } from 'node:fs';
import { tmpdir } from 'node:os';
import * as path from 'node:path';
import { setTimeout as wait } from 'node:timers/promises';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import type { AttributionResponse } from '../../src/shared/analysis';
import { createSupervisor, type EngineSupervisor } from '../../src/supervisor/engineSupervisor';

/** The built engine process with the demo model, through the supervisor that the extension uses. */
const root = path.resolve(__dirname, '../..');
const picture = (name: string) =>
  ({ kind: 'file', path: path.join(root, 'examples/demo/images', name) }) as const;
const wolf = picture('wolf/wolf_00.jpg');
const prompt = { kind: 'prompt', text: 'a photo of a wolf' } as const;

let scratch: string;
let engine: EngineSupervisor;

beforeEach(() => {
  scratch = mkdtempSync(path.join(tmpdir(), 'clipsight-engine-'));
  engine = createSupervisor({
    entry: path.join(root, 'dist/engine.js'),
    args: ['--cache-folder', path.join(scratch, 'cache')],
    log: () => undefined,
  });
});
afterEach(async () => {
  await engine.stop();
  rmSync(scratch, { recursive: true, force: true });
});

/** A copy of bundled models in the scratch folder. */
function copyOf(...names: readonly string[]): void {
  for (const name of names)
    cpSync(path.join(root, 'models', name), path.join(scratch, name), { recursive: true });
}

function similarity({ images }: AttributionResponse): number {
  const [outcome] = images;
  if (outcome?.kind !== 'analysis') throw new Error(`no analysis: ${outcome?.error.message}`);
  return outcome.analysis.directions[0]!.similarity;
}

const bundled = {
  model: path.join(root, 'models/emoji-clip'),
  dictionary: path.join(root, 'models/sae-cls'),
};

describe('the engine process', () => {
  it('notices that a model was replaced, and never mixes the two', async () => {
    copyOf('emoji-clip', 'sae-cls');
    const study = { model: path.join(scratch, 'emoji-clip'), dictionary: path.join(scratch, 'sae-cls') };
    const request = { study, images: [wolf], directions: [prompt] };
    const before = await engine.remote.attribute(request);
    expect(similarity(before)).toBeCloseTo(0.7167723, 4);

    cpSync(
      path.join(root, 'models/emoji-judge/model.safetensors'),
      path.join(scratch, 'emoji-clip/model.safetensors'),
    );
    const after = await engine.remote.attribute(request);
    expect(after.study.model.sha256).not.toBe(before.study.model.sha256);
    expect(after.study.key).not.toBe(before.study.key);
    const judge = { model: path.join(root, 'models/emoji-judge'), dictionary: bundled.dictionary };
    const truth = await engine.remote.attribute({ ...request, study: judge });
    expect(similarity(after)).toBe(similarity(truth));
    expect(similarity(after)).not.toBeCloseTo(similarity(before), 3);
  });

  it('gives no numbers of a model that changes while they are computed', async () => {
    copyOf('emoji-clip', 'sae-cls');
    const study = { model: path.join(scratch, 'emoji-clip'), dictionary: path.join(scratch, 'sae-cls') };
    const request = { study, images: Array.from({ length: 8 }, () => wolf), directions: [prompt] };
    let changed = false;
    const job = engine.remote.attribute(request, {
      onProgress: ({ stage }) => {
        if (stage !== 'Attributing' || changed) return;
        changed = true;
        utimesSync(path.join(scratch, 'emoji-clip/model.safetensors'), new Date(), new Date());
      },
    });
    await expect(job).rejects.toMatchObject({
      code: 'checkpoint',
      message: expect.stringContaining('changed on disk'),
    });
    expect(similarity(await engine.remote.attribute(request))).toBeCloseTo(0.7167723, 4);
  });

  it('says so when a model was damaged while it was in use, and goes on with others', async () => {
    copyOf('emoji-clip', 'sae-cls');
    const study = { model: path.join(scratch, 'emoji-clip'), dictionary: path.join(scratch, 'sae-cls') };
    await engine.remote.openStudy(study);
    appendFileSync(path.join(scratch, 'emoji-clip/model.safetensors'), 'more');
    await expect(engine.remote.openStudy(study)).rejects.toMatchObject({
      code: 'checkpoint',
      message: expect.stringContaining('model.safetensors'),
    });
    const healthy = await engine.remote.attribute({ study: bundled, images: [wolf], directions: [prompt] });
    expect(similarity(healthy)).toBeCloseTo(0.7167723, 4);
  });

  it('names numbers by all that they depend on', async () => {
    const study = (more: object) => engine.remote.openStudy({ ...bundled, acceptPoor: true, ...more });
    const keys = [
      await study({}),
      await study({ layer: 2 }),
      await study({ tokens: 'all' }),
      await study({ dictionary: path.join(root, 'models/sae-patches') }),
      await study({ dictionary: 'neurons:3' }),
      await study({ model: path.join(root, 'models/emoji-judge') }),
    ].map(({ key }) => key);
    expect(new Set(keys).size).toBe(keys.length);
    expect((await study({})).key).toBe(keys[0]);
    // The same hook said in another way is the same study.
    expect((await study({ layer: -2 })).key).toBe(keys[0]);
  });

  it('gives the same numbers for a kept image as for a new one, in whatever company', async () => {
    const directions = ['a wolf', 'a dog', 'a camera'].map((text) => ({ kind: 'prompt', text }) as const);
    const together = await engine.remote.attribute({
      study: bundled,
      images: [wolf, picture('dog/dog_00.jpg')],
      directions,
    });
    await engine.remote.openStudy({ ...bundled, dictionary: 'neurons:3' }); // drops what was kept
    for (const [i, direction] of directions.entries()) {
      for (let again = 0; again < 3; again++) {
        const alone = await engine.remote.attribute({
          study: bundled,
          images: [wolf],
          directions: [direction],
        });
        const [outcome, other] = [alone.images[0], together.images[0]];
        if (outcome?.kind !== 'analysis' || other?.kind !== 'analysis') throw new Error('no analysis');
        const [result, expected] = [outcome.analysis.directions[0]!, other.analysis.directions[i]!];
        expect(Math.abs(result.similarity - expected.similarity)).toBeLessThan(1e-6);
        result.attributions.forEach((a, j) => {
          expect(Math.abs(a - expected.attributions[j]!)).toBeLessThan(1e-6);
        });
      }
    }
  });

  it('answers an image given as bytes as it does the file', async () => {
    const { readFile } = await import('node:fs/promises');
    const bytes = { kind: 'bytes', name: 'wolf', bytes: new Uint8Array(await readFile(wolf.path)) } as const;
    const request = { study: bundled, directions: [prompt] };
    const file = await engine.remote.attribute({ ...request, images: [wolf] });
    expect(similarity(await engine.remote.attribute({ ...request, images: [bytes] }))).toBe(similarity(file));
  });

  it('scores an image against another image, itself at 1', async () => {
    const directions = [wolf, picture('dog/dog_00.jpg')].map((image) => ({ kind: 'image', image }) as const);
    const response = await engine.remote.attribute({ study: bundled, images: [wolf], directions });
    const [outcome] = response.images;
    if (outcome?.kind !== 'analysis') throw new Error('no analysis');
    const [itself, other] = outcome.analysis.directions;
    expect(itself!.similarity).toBeCloseTo(1, 6);
    expect(Math.max(...itself!.attributions.map(Math.abs))).toBeLessThan(1e-5);
    expect(other!.similarity).toBeLessThan(0.9);
  });

  it('stops between batches when a job is cancelled, and takes the next', async () => {
    await engine.remote.openStudy(bundled);
    const cancel = new AbortController();
    const images = Array.from({ length: 400 }, (_, i) => ({
      ...wolf,
      path: `${path.dirname(wolf.path)}/wolf_0${i % 8}.jpg`,
    }));
    const seen: number[] = [];
    const job = engine.remote.attribute(
      { study: { ...bundled, dictionary: 'neurons:3' }, images, directions: [prompt] },
      {
        signal: cancel.signal,
        onProgress: ({ stage, done }) => {
          if (stage !== 'Attributing') return;
          seen.push(done);
          if (done > 0) cancel.abort();
        },
      },
    );
    await expect(job).rejects.toMatchObject({ code: 'cancelled' });
    const response = await engine.remote.attribute({ study: bundled, images: [wolf], directions: [prompt] });
    expect(similarity(response)).toBeCloseTo(0.7167723, 4);
    expect(Math.max(...seen)).toBeLessThan(images.length);
  });

  it('is killed with calls in flight: they reject, and the next call is served by a new process', async () => {
    const { pid } = await engine.remote.describe({});
    const images = Array.from({ length: 200 }, () => wolf);
    const calls = [
      engine.remote.attribute({
        study: { ...bundled, dictionary: 'neurons:0' },
        images,
        directions: [prompt],
      }),
      engine.remote.openStudy(bundled),
    ].map((call) => call.catch((error: unknown) => error));
    await wait(200);
    process.kill(pid, 'SIGKILL');
    for (const outcome of await Promise.all(calls)) expect(outcome).toMatchObject({ code: 'engine-stopped' });
    const response = await engine.remote.attribute({ study: bundled, images: [wolf], directions: [prompt] });
    expect(similarity(response)).toBeCloseTo(0.7167723, 4);
    expect((await engine.remote.describe({})).pid).not.toBe(pid);
  });
});
