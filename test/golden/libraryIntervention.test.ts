import {
  copyFileSync,
  mkdirSync,
  mkdtempSync,
  readFileSync,
  realpathSync,
  rmSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import * as path from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { createEngine } from '../../src/engine/engine';
import { openLibrary } from '../../src/engine/library/openLibrary';
import { sha256Of } from '../../src/engine/library/readPictures';
import type { ImageAnalysis } from '../../src/shared/analysis';
import { classesOfFolders, defaultClassTemplate } from '../../src/shared/classFolders';
import type { Intervention } from '../../src/shared/intervention';
import type { LibraryRequest } from '../../src/shared/library';
import type { JobContext, Progress } from '../../src/shared/rpc/protocol';
import { expectError } from '../support/expectError';
import { root } from './references';

/**
 * An intervention on a library against the same engine's `attribute`, image by image, counted by hand: the same numbers
 * of images, scores within 1e-5.
 */
const tolerance = 1e-5;
const kinds = ['wolf', 'fox', 'dog', 'cow', 'police_car', 'car'];
const demo = path.join(root, 'examples/demo/images');

const scratch = mkdtempSync(path.join(realpathSync(tmpdir()), 'clipsight-intervention-'));
const images = path.join(scratch, 'images');
const engine = createEngine({ cacheFolder: null, threads: 2, demoImages: demo, nounsFile: '' });
const job: JobContext = { signal: new AbortController().signal, progress: () => undefined };
const library = path.join(scratch, 'library.duckdb');
const request: LibraryRequest = {
  library,
  study: { model: path.join(root, 'models/emoji-clip'), dictionary: path.join(root, 'models/sae-cls') },
  judge: null,
};
const fileOf = (kind: string, i: number) => path.join(images, kind, `${kind}_${i}.jpg`);
const files = kinds.flatMap((kind) => [0, 1, 2, 3].map((i) => fileOf(kind, i)));

beforeAll(async () => {
  for (const kind of kinds) {
    mkdirSync(path.join(images, kind), { recursive: true });
    for (const i of [0, 1, 2, 3]) {
      copyFileSync(path.join(demo, kind, `${kind}_0${i}.jpg`), fileOf(kind, i));
    }
  }
  // One picture, in two classes.
  copyFileSync(fileOf('wolf', 0), path.join(images, 'dog', 'a_copy.jpg'));
  await engine.indexLibrary(
    { ...request, roots: [{ folder: images }], others: 'keep', contributions: 'none' },
    job,
  );
}, 120_000);
afterAll(async () => {
  await (await openLibrary(library)).close();
  rmSync(scratch, { recursive: true, force: true });
});

async function classes() {
  const { folders } = await engine.classFolders(request, job);
  return classesOfFolders(
    folders.map(({ name }) => name),
    defaultClassTemplate,
  );
}

async function analyses(intervention: Intervention): Promise<ImageAnalysis[]> {
  const response = await engine.attribute(
    {
      study: request.study,
      images: files.map((file) => ({ kind: 'file', path: file })),
      directions: (await classes()).map(({ direction }) => direction),
      intervention,
    },
    job,
  );
  return response.images.map((outcome) => {
    if (outcome.kind !== 'analysis') throw new Error('an image failed');
    return outcome.analysis;
  });
}

/** The components that do most for the wolves, and those that do most for the cars, the first first. */
async function strongest(): Promise<readonly (readonly number[])[]> {
  const names = (await classes()).map(({ name }) => name);
  const all = await analyses([]);
  return ['wolf', 'car'].map((kind) => {
    const sums = new Map<number, number>();
    files.forEach((file, i) => {
      if (path.basename(path.dirname(file)) !== kind) return;
      const { latents, directions } = all[i]!;
      const { attributions } = directions[names.indexOf(kind)]!;
      latents.forEach((latent, j) => {
        sums.set(latent, (sums.get(latent) ?? 0) + attributions[j]!);
      });
    });
    return [...sums]
      .toSorted((a, b) => b[1] - a[1])
      .slice(0, 14)
      .map(([latent]) => latent);
  });
}

const put = (scores: readonly number[]) => scores.indexOf(Math.max(...scores));

describe('an intervention on a library', () => {
  it('does what it does to each image', async () => {
    const asked = await classes();
    expect(asked.map(({ name }) => name)).toEqual(['car', 'cow', 'dog', 'fox', 'police car', 'wolf']);
    const [wolf, car] = await strongest();
    const factors = new Map([
      ...wolf!.map((component) => [component, 0] as const),
      ...car!.map((component) => [component, 10] as const),
    ]);
    const intervention = [...factors].map(([component, factor]) => ({ component, factor }));
    const [before, after] = [await analyses([]), await analyses(intervention)];
    const found = await engine.interveneLibrary({ ...request, intervention, classes: asked, most: 100 }, job);

    expect(found.images).toBe(files.length);
    const affected = before.filter(({ latents }) => latents.some((latent) => factors.has(latent)));
    expect(affected.length).toBeGreaterThan(0);
    expect(affected.length).toBeLessThan(files.length);
    expect(found.affected).toBe(affected.length);
    expect(found.notes).toEqual([expect.stringMatching(/^1 of the pictures lie in folders of several/)]);
    expect(found.grounds).toMatchObject({ judge: null, images: files.length });

    const scores = (all: readonly ImageAnalysis[], i: number) =>
      all[i]!.directions.map(({ similarity }) => similarity);
    const truths = files.map((file, i) => {
      const name = path.basename(path.dirname(file)).replaceAll('_', ' ');
      const truth = asked.findIndex((one) => one.name === name);
      return i === 0 ? [truth, asked.findIndex((one) => one.name === 'dog')] : [truth];
    });
    const placed = files.map((_, i) => [put(scores(before, i)), put(scores(after, i))] as const);
    const share = (of: readonly boolean[]) => of.filter(Boolean).length / of.length;
    expect(found.accuracy).toEqual({
      images: files.length,
      before: share(placed.map(([from], i) => truths[i]!.includes(from))),
      after: share(placed.map(([, to], i) => truths[i]!.includes(to))),
    });
    found.classes.forEach(({ predicted, accuracy, change }, c) => {
      expect(predicted).toEqual({
        before: placed.filter(([from]) => from === c).length,
        after: placed.filter(([, to]) => to === c).length,
      });
      const own = [...files.keys()].filter((i) => truths[i]!.includes(c));
      expect(accuracy).toEqual({
        images: own.length,
        before: share(own.map((i) => placed[i]![0] === c)),
        after: share(own.map((i) => placed[i]![1] === c)),
      });
      const changes = own.map((i) => scores(after, i)[c]! - scores(before, i)[c]!);
      expect(Math.abs(change! - changes.reduce((a, b) => a + b, 0) / own.length)).toBeLessThan(tolerance);
    });

    const changed = files.flatMap((file, i) => {
      const [from, to] = placed[i]!;
      return from === to ? [] : [{ file, from, to, i }];
    });
    expect(changed.length).toBeGreaterThan(0);
    expect(found.changes).toBe(changed.length);
    expect(found.changed).toHaveLength(changed.length);
    for (const { file, from, to, i } of changed) {
      const sha256 = sha256Of(readFileSync(file));
      const listed = found.changed.find((one) => one.sha256 === sha256)!;
      expect(listed).toMatchObject({ before: from, after: to });
      expect(truths[i]).toContain(listed.truth);
      expect(Math.abs(listed.scores[0] - scores(before, i)[from]!)).toBeLessThan(tolerance);
      expect(Math.abs(listed.scores[1] - scores(after, i)[from]!)).toBeLessThan(tolerance);
    }
  });

  it('that changes nothing changes nothing, and reads no image', async () => {
    const stages = new Set<string>();
    const progress = ({ stage, total }: Progress) => void (total > 0 && stages.add(stage));
    const found = await engine.interveneLibrary(
      { ...request, intervention: [{ component: 5, factor: 1 }], classes: await classes(), most: 10 },
      { ...job, progress },
    );
    expect(found).toMatchObject({ images: files.length, affected: 0, changes: 0, changed: [] });
    expect(found.accuracy?.before).toBe(found.accuracy?.after);
    expect(stages).not.toContain('Intervening');
  });

  it('refuses a component that there is not', async () => {
    const intervention = [{ component: 1024, factor: 0 }];
    const asked = engine.interveneLibrary(
      { ...request, intervention, classes: await classes(), most: 1 },
      job,
    );
    await expectError(Promise.resolve(asked), 'dictionary', '1024', '1023');
  });

  it('lets others in between, and can be cancelled', async () => {
    const all = (await analyses([])).flatMap(({ latents }) => [...latents]);
    const intervention = [...new Set(all)].map((component) => ({ component, factor: 0 }));
    const abort = new AbortController();
    const done: string[] = [];
    const cancelled = Promise.resolve(
      engine.interveneLibrary(
        { ...request, intervention, classes: await classes(), most: 1 },
        {
          signal: abort.signal,
          progress: ({ stage, done: count }) => {
            if (stage === 'Intervening' && count > 0) abort.abort();
          },
        },
      ),
    );
    await expect(cancelled).rejects.toMatchObject({ code: 'cancelled' });
    const running = Promise.resolve(
      engine.interveneLibrary({ ...request, intervention, classes: await classes(), most: 1 }, job),
    ).then(({ affected }) => {
      expect(affected).toBe(files.length);
      done.push('library');
    });
    await Promise.resolve(engine.openStudy(request.study, job)).then(() => done.push('study'));
    await running;
    expect(done).toEqual(['study', 'library']);
  });

  it('is one of whole heads where the dictionary is of heads', async () => {
    const heads = { ...request, study: { ...request.study, dictionary: 'heads:-2' } };
    await engine.indexLibrary(
      { ...heads, roots: [{ folder: images }], others: 'keep', contributions: 'none' },
      job,
    );
    const asked = await classes();
    const intervention = [
      { component: 1, factor: 0 },
      { component: 3, factor: 0 },
    ];
    const found = await engine.interveneLibrary({ ...heads, intervention, classes: asked, most: 1 }, job);
    expect(found.affected).toBe(files.length);
    const ofClass = asked.findIndex(({ name }) => name === 'fox');
    const own = files.filter((file) => path.basename(path.dirname(file)) === 'fox');
    const changes = [];
    for (const changed of [[], intervention]) {
      const { images: outcomes } = await engine.attribute(
        {
          study: heads.study,
          images: own.map((file) => ({ kind: 'file', path: file })),
          directions: [asked[ofClass]!.direction],
          intervention: changed,
        },
        job,
      );
      changes.push(
        outcomes.reduce(
          (sum, outcome) =>
            sum + (outcome.kind === 'analysis' ? outcome.analysis.directions[0]!.similarity : 0),
          0,
        ) / own.length,
      );
    }
    expect(Math.abs(changes[1]! - changes[0]!)).toBeGreaterThan(1e-3);
    expect(Math.abs(found.classes[ofClass]!.change! - (changes[1]! - changes[0]!))).toBeLessThan(tolerance);
    const none = engine.attribute(
      {
        study: heads.study,
        images: [{ kind: 'file', path: files[0]! }],
        directions: [],
        intervention: [{ component: 99, factor: 0 }],
      },
      job,
    );
    await expectError(Promise.resolve(none), 'dictionary', 'no component 99');
  });

  it('leaves out what changed or went since it was indexed', async () => {
    const [[wolf] = []] = await strongest();
    const before = await analyses([]);
    const fires = files.filter((_, i) => before[i]!.latents.includes(wolf!));
    const [gone, changed] = [
      fires.find((file) => file.includes('wolf_1'))!,
      fires.find((file) => file.includes('wolf_2'))!,
    ];
    const kept = readFileSync(changed);
    rmSync(gone);
    writeFileSync(changed, readFileSync(fileOf('cow', 0)));
    const found = await engine.interveneLibrary(
      { ...request, intervention: [{ component: wolf!, factor: 0 }], classes: await classes(), most: 1 },
      job,
    );
    expect(found).toMatchObject({ images: files.length - 2, affected: fires.length - 2 });
    expect(found.notes).toContainEqual(expect.stringMatching(/^2 of the pictures could not be read again/));
    writeFileSync(changed, kept);
  });
});
