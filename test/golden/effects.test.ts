import { copyFileSync, mkdirSync } from 'node:fs';
import { tmpdir } from 'node:os';
import * as path from 'node:path';
import { afterAll, expect, it } from 'vitest';
import { effectsOf } from '../../src/engine/audit/effects';
import type { Audited } from '../../src/engine/audit/parts';
import { type WithoutComponents, withoutComponents } from '../../src/engine/audit/withoutComponents';
import { HashCache } from '../../src/engine/checkpoint/hashCache';
import { ComponentTables } from '../../src/engine/components/componentTables';
import { resolveInTurns } from '../../src/engine/components/resolveInTurns';
import type { InTurn } from '../../src/engine/components/subject';
import { TextVectors } from '../../src/engine/components/textVectors';
import { selfTestStore } from '../../src/engine/dictionary/selfTestStore';
import { createEngine } from '../../src/engine/engine';
import { tokenizerFallback } from '../../src/engine/hub/fetch';
import { oneAtATime } from '../../src/engine/job';
import { openSubject } from '../../src/engine/jobs/openSubject';
import type { Library } from '../../src/engine/library/library';
import { keepOpen } from '../../src/engine/opened';
import { openLibraries } from '../../src/engine/openLibraries';
import { classesOfFolders, defaultClassTemplate } from '../../src/shared/classFolders';
import type { Direction } from '../../src/shared/direction';
import type { LibraryRequest } from '../../src/shared/library';
import type { JobContext } from '../../src/shared/rpc/protocol';
import { job, questions, scratchFolder, valuesOf } from './faithfulnessReferences';
import { root } from './references';

/**
 * What switching components off does: against PyTorch's ablations in float64 (test/reference/faithfulness.py), and
 * against the same engine's intervention on a whole library. Changes are kept in half precision: 2⁻¹¹ of them may be lost,
 * beside what float32 loses of the scores.
 */
const half = 2 ** -11;
const tolerance = 1e-5;

const scratch = scratchFolder();
const libraries = openLibraries();
const demo = path.join(root, 'examples/demo/images');
const engine = createEngine({ cacheFolder: null, threads: 2, demoImages: demo, nounsFile: '', libraries });
afterAll(() => libraries.close());
const opened = keepOpen({
  ...{ hashes: new HashCache(null), threads: 2, weightCache: path.join(tmpdir(), 'clipsight', 'weights') },
  ...{ selfTests: selfTestStore(null), demoImages: async () => [], clipTokenizer: tokenizerFallback },
});
const services = {
  ...{ threads: 2, nounsFile: '', inTurn: oneAtATime(), ...opened, libraryAt: libraries.at },
  ...{ tables: new ComponentTables(), texts: new TextVectors() },
};

/** Indexes the folder, and counts what the model runs of it from then on. */
async function indexed(request: LibraryRequest, folder: string) {
  await engine.indexLibrary({ ...request, roots: [{ folder }], others: 'keep', contributions: 'none' }, job);
  const { library, subject, inTurn } = await openSubject(request, services, job);
  const runs = { trunk: 0, variants: 0 };
  const counted: InTurn = (forJob, use) =>
    inTurn(forJob, ({ study, judge }) => {
      const programs: typeof study.programs = {
        ...study.programs,
        trunk(pixels) {
          runs.trunk += pixels.length;
          return study.programs.trunk(pixels);
        },
        vary(state, factors, between) {
          runs.variants += factors.length / (state.codes.latents.length / study.dictionary.componentSize);
          return study.programs.vary(state, factors, between);
        },
      };
      return use({ study: { ...study, programs }, judge });
    });
  const pictures = await library.pictures(subject.study.key);
  const files = async () =>
    new Map(
      (await library.files(null)).flatMap((file) => (file.sha256 === null ? [] : [[file.sha256, [file]]])),
    );
  const resolved = async (directions: readonly Direction[]) =>
    (await resolveInTurns(directions, 'Reading classes', counted, job)).directions;
  return { library, subject, inTurn: counted, pictures, files, resolved, runs };
}

it.each(['demo-sae-cls', 'average-heads'])(
  'the change of one image is PyTorch’s ablation: %s',
  async (name) => {
    const { reference, study, images } = await questions(name, scratch);
    const folder = path.join(scratch, `${name}-images`);
    mkdirSync(folder);
    const [first] = images;
    if (first?.kind !== 'file') throw new Error('the picture is no file');
    copyFileSync(first.path, path.join(folder, path.basename(first.path)));
    const library = path.join(scratch, `${name}.duckdb`);
    const { resolved, runs, ...known } = await indexed({ library, study, judge: null }, folder);
    const audited = (await resolved(reference.directions)).map(
      (direction, subject): Audited => ({
        ...{ subject, direction, name: '', text: '' },
        pictures: Int32Array.of(0),
      }),
    );
    const measured = reference.measured[0]!;
    const findings = audited.flatMap(({ subject }) =>
      Array.from(measured.components, (component) => ({ subject, component })),
    );
    const { effects, notes } = await effectsOf(findings, audited, { ...known, classes: () => null }, job);
    expect(notes).toEqual([]);
    for (const { subject } of audited) {
      const theirs = valuesOf(measured, subject, 'ablation');
      const largest = Math.max(...theirs.map(Math.abs));
      const ours = effects.filter((_, i) => findings[i]!.subject === subject);
      theirs.forEach((value, i) => {
        expect(ours[i]).toMatchObject({ images: 1, interval: null, absent: null, accuracy: null });
        expect(Math.abs(ours[i]!.similarity + value)).toBeLessThan(half * largest);
      });
    }
    // Once for all directions, and once more as it is.
    expect(runs).toEqual({ trunk: 1, variants: 1 + measured.components.length });
  },
);

it('findings of several subjects are those of the intervention on the library, run once and kept', async () => {
  const kinds = ['wolf', 'fox', 'dog', 'cow'];
  const folder = path.join(scratch, 'images');
  for (const kind of kinds) {
    mkdirSync(path.join(folder, kind), { recursive: true });
    for (const i of [0, 1, 2]) {
      copyFileSync(path.join(demo, kind, `${kind}_0${i}.jpg`), path.join(folder, kind, `${i}.jpg`));
    }
  }
  const request: LibraryRequest = {
    library: path.join(scratch, 'demo.duckdb'),
    study: { model: path.join(root, 'models/emoji-clip'), dictionary: path.join(root, 'models/sae-cls') },
    judge: null,
  };
  const { resolved, runs, ...known } = await indexed(request, folder);
  const { library, subject, pictures } = known;
  const asked = classesOfFolders(kinds, defaultClassTemplate);
  const directions = await resolved(asked.map(({ direction }) => direction));
  const audited = asked.map(
    ({ name }, i): Audited => ({
      ...{ subject: i, direction: directions[i]!, name, text: name },
      pictures: Int32Array.from(
        [...pictures.paths.keys()].filter((n) => path.basename(path.dirname(pictures.paths[n]!)) === name),
      ),
    }),
  );
  const components = [];
  for (let component = 0; component < subject.size && components.length < 6; component++) {
    const { pictures: firing } = await library.activationsOf(subject.study.key, component, pictures);
    if (firing.length > 2 && firing.length < pictures.paths.length) components.push({ component, firing });
  }
  const pairs = components.flatMap(({ component, firing }) =>
    audited.map(({ subject: index, pictures: own }) => ({
      ...{ subject: index, component },
      active: own.filter((picture) => firing.includes(picture)).length,
    })),
  );
  const confirm = (forJob: JobContext = job) =>
    effectsOf(pairs, audited, { ...known, classes: (own) => ({ directions, own }) }, forJob);

  // Cancelled on its way, it leaves what it has done; nothing of that is run again.
  const abort = new AbortController();
  const cancelled = confirm({
    signal: abort.signal,
    progress: ({ stage, done }) => {
      if (stage === 'Switching components off' && done > 0) abort.abort();
    },
  });
  await expect(cancelled).rejects.toMatchObject({ code: 'cancelled' });
  expect(runs.trunk).toBeGreaterThan(0);
  const { effects, notes } = await confirm();
  expect(notes).toEqual([]);
  const fired = new Set(components.flatMap(({ firing }) => [...firing]));
  expect(runs.trunk).toBe(fired.size);
  const spent = { ...runs };
  expect((await confirm()).effects).toEqual(effects);
  expect(runs).toEqual(spent);

  const collected = async (from: Library) => {
    const all = new Map<number, WithoutComponents>();
    const unread = await withoutComponents(
      fired,
      { ...known, library: from },
      (one) => all.set(one.picture, one),
      job,
    );
    expect(unread.size).toBe(0);
    return all;
  };
  const kept = await collected(library);
  expect(runs).toEqual(spent);
  // Where another process owns the library nothing is kept, and what is found is the same but for the batches.
  const elsewhere: Library = {
    ...library,
    access: { kind: 'snapshot', pid: 1, taken: null },
    kept: async () => new Map(),
  };
  const fresh = await collected(elsewhere);
  expect(runs.trunk).toBe(2 * fired.size);
  expect(new Set(kept.keys())).toEqual(fired);
  for (const [picture, { components: those, changes, embedding }] of kept) {
    const again = fresh.get(picture)!;
    expect(again.components).toEqual(those);
    expect(again.embedding).toEqual(embedding);
    const largest = changes.data.reduce((most, x) => Math.max(most, Math.abs(x)), 0);
    expect(largest).toBeGreaterThan(0);
    changes.data.forEach((x, i) => {
      expect(Math.abs(again.changes.data[i]! - x)).toBeLessThan(2 * half * Math.abs(x) + 1e-4 * largest);
    });
  }

  for (const { component } of components) {
    const found = await engine.interveneLibrary(
      { ...request, intervention: [{ component, factor: 0 }], classes: asked, most: 0 },
      job,
    );
    for (const [i, pair] of pairs.entries()) {
      if (pair.component !== component) continue;
      const { accuracy, change } = found.classes[pair.subject]!;
      const effect = effects[i]!;
      if (pair.active === 0) expect(effect).toBeNull();
      else {
        expect(effect?.images).toBe(pair.active);
        const ofAll = (effect!.similarity * pair.active) / accuracy!.images;
        expect(Math.abs(ofAll - change!)).toBeLessThan(tolerance + half * Math.abs(change!));
        expect(effect!.accuracy).toEqual(accuracy);
      }
    }
  }
});
