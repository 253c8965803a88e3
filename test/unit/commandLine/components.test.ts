import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import * as path from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { parseArguments } from '../../../src/engine/cli/arguments';
import { runLatent, runSearch } from '../../../src/engine/cli/components';
import type { LatentCommand, SearchCommand } from '../../../src/engine/cli/libraryArguments';
import type { ComponentCard, ComponentSummary, Grounds } from '../../../src/shared/library';
import type { EngineSupervisor } from '../../../src/supervisor/engineSupervisor';

let folder: string;
let file: string;
beforeAll(() => {
  folder = mkdtempSync(path.join(tmpdir(), 'clipsight-'));
  file = path.join(folder, 'library.duckdb');
  writeFileSync(file, '');
});
afterAll(() => rmSync(folder, { recursive: true }));

const summary: ComponentSummary = {
  component: 17,
  annotation: { name: null, note: null, mark: null, pinned: false },
  labels: [
    { text: 'snow', alignment: 0.21 },
    { text: 'ice', alignment: 0.14 },
  ],
  n: 20,
  firingRate: 0.25,
  samples: [],
};

const card: ComponentCard = {
  summary,
  samples: [
    {
      path: '/images/a.jpg',
      sha256: 'a'.repeat(64),
      width: 10,
      height: 10,
      crop: { left: 0, top: 0, width: 10, height: 10 },
      activation: 3.5,
      mean: 1,
      token: 0,
      region: null,
      relevance: null,
    },
  ],
  searched: { images: 1, all: true },
  maxActivation: 3.5,
  clarity: 0.61,
  polysemanticity: { score: 0.1, separation: 0.4, groups: [[0], [0]] },
  redundancy: 0.9,
  fired: 5,
  histogram: { edges: new Float64Array([0, 1]), counts: new Int32Array([5]) },
  where: null,
  nearest: { inMeaning: [], inActivation: [] },
  reliance: [{ prompt: 'a dog', alignment: -0.05, mean: 0.0012, classes: [] }],
};

const judged: Grounds = {
  key: 'study',
  access: { kind: 'owner' },
  judge: 'emoji-judge',
  images: 20,
  notes: [],
};

/** An engine that answers what it is told to, and remembers what it was asked. */
function engine(grounds: Grounds, answered: ComponentCard = card) {
  const asked: unknown[] = [];
  const remote: Partial<EngineSupervisor['remote']> = {
    examine: async (request) => {
      asked.push(request);
      return { grounds, card: answered };
    },
    searchComponents: async (request) => {
      asked.push(request);
      return { grounds, hits: [{ component: summary, by: 'meaning', score: 0.21 }] };
    },
  };
  return { asked, supervisor: { remote } as EngineSupervisor };
}

function latent(...args: readonly string[]): LatentCommand {
  const command = parseArguments(['latent', '17', '--library', file, ...args]);
  if (command.kind !== 'latent') throw new Error('no latent command');
  return command;
}

function search(...args: readonly string[]): SearchCommand {
  const command = parseArguments(['search', ...args, '--library', file]);
  if (command.kind !== 'search') throw new Error('no search command');
  return command;
}

describe('clipsight latent', () => {
  it('asks of the bundled model by the bundled judge', async () => {
    const { asked, supervisor } = engine(judged);
    await runLatent(latent('--prompt', 'a dog', '--top', '5'), supervisor, {});
    expect(asked).toEqual([
      {
        library: file,
        study: {
          model: expect.stringMatching(/emoji-clip$/),
          dictionary: expect.stringMatching(/sae-cls$/),
        },
        judge: expect.stringMatching(/emoji-judge$/),
        vocabulary: { texts: ['a dog'], nouns: true },
        component: 17,
        prompts: ['a dog'],
        samples: { order: { kind: 'max' }, most: 5 },
      },
    ]);
  });

  it('has another model judge itself, and takes concepts from files', async () => {
    const concepts = path.join(folder, 'concepts.txt');
    writeFileSync(concepts, '# mine\nsnow\nice\nsnow\n');
    const { asked, supervisor } = engine({ ...judged, judge: null });
    await runLatent(latent('--model', folder, '--concepts', concepts, '--no-nouns'), supervisor, {});
    expect(asked[0]).toMatchObject({
      study: { model: folder, dictionary: 'neurons:-2' },
      judge: null,
      vocabulary: { texts: ['snow', 'ice'], nouns: false },
    });
  });

  it('prints the JSON that is promised, and nothing else', async () => {
    const { stdout, stderr, exitCode } = await runLatent(latent('--json'), engine(judged).supervisor, {});
    expect({ stderr, exitCode }).toEqual({ stderr: '', exitCode: 0 });
    expect(JSON.parse(stdout)).toEqual({
      latent: 17,
      label: 'snow',
      labels: summary.labels,
      n: 20,
      judge: 'emoji-judge',
      clarity: 0.61,
      polysemanticity: 0.1,
      redundancy: 0.9,
      firingRate: 0.25,
      maxActivation: 3.5,
      samples: [{ image: '/images/a.jpg', activation: 3.5, token: 0 }],
    });
  });

  it('has null for what is not known', async () => {
    const unknown: ComponentCard = {
      ...card,
      summary: { ...summary, labels: [], n: 0, firingRate: 0 },
      samples: [],
      clarity: null,
      polysemanticity: null,
      redundancy: null,
      maxActivation: null,
      fired: 0,
    };
    const { supervisor } = engine({ ...judged, judge: null }, unknown);
    expect(JSON.parse((await runLatent(latent('--json'), supervisor, {})).stdout)).toMatchObject({
      label: null,
      labels: [],
      judge: 'self',
      clarity: null,
      polysemanticity: null,
      redundancy: null,
      maxActivation: null,
    });
    const { stdout } = await runLatent(latent(), supervisor, {});
    expect(stdout).toContain('latent 17 · no label · judged by itself');
  });

  it('says self-judged at every number that rests on it', async () => {
    const own = await runLatent(latent(), engine({ ...judged, judge: null }).supervisor, {});
    for (const row of ['label', 'clarity', 'polysemanticity', 'redundancy', '“a dog”']) {
      expect(own.stdout).toMatch(new RegExp(`^ *${row}.*\\(self-judged\\)`, 'm'));
    }
    const other = await runLatent(latent(), engine(judged).supervisor, {});
    expect(other.stdout).not.toContain('self-judged');
    expect(other.stdout).toContain('snow 0.210, ice 0.140');
    expect(other.stdout).toContain('alignment −0.050, attribution 0.120 points in the mean');
  });

  it('says that it reads a snapshot, and whose library it is', async () => {
    const access = { kind: 'snapshot', pid: 99, taken: '2026-01-01T00:00:00Z' } as const;
    const { supervisor } = engine({ ...judged, access, notes: ['Few images.'] });
    const note = 'process 99 is writing the library: this is its snapshot of 2026-01-01T00:00:00Z.';
    expect((await runLatent(latent('--json'), supervisor, {})).stderr).toBe(
      `Note: ${note} Note: Few images.`,
    );
    expect((await runLatent(latent(), supervisor, {})).stdout).toContain(`\n\nNote: ${note}\n`);
  });

  it('is an error where nothing is about the model and dictionary', async () => {
    const { supervisor } = engine({ ...judged, images: 0 });
    await expect(runLatent(latent(), supervisor, {})).rejects.toThrow(/has no images indexed for this model/);
    const access = { kind: 'snapshot', pid: null, taken: null } as const;
    const { supervisor: other } = engine({ ...judged, images: 0, access });
    await expect(runLatent(latent(), other, {})).rejects.toThrow(
      /another process, which has left no snapshot/,
    );
  });

  it('is an error where there is no library, which says how to make one', async () => {
    const { asked, supervisor } = engine(judged);
    const command = latent('--library', path.join(folder, 'gone.duckdb'));
    await expect(runLatent(command, supervisor, {})).rejects.toMatchObject({
      code: 'library',
      message: expect.stringMatching(/gone\.duckdb/),
      remedy: expect.stringMatching(/clipsight index <folder>/),
    });
    expect(asked).toEqual([]);
  });

  it('refuses a concept that is longer than the engine takes', async () => {
    const { supervisor } = engine(judged);
    await expect(runLatent(latent('--prompt', 'x'.repeat(1001)), supervisor, {})).rejects.toMatchObject({
      code: 'prompt',
    });
  });
});

describe('clipsight search', () => {
  it('searches a text or an image', async () => {
    const { asked, supervisor } = engine(judged);
    const { stdout } = await runSearch(search('deep', 'snow'), supervisor, {});
    expect(stdout).toContain('“deep snow” · 1 component · judged by emoji-judge, 20 images');
    expect(stdout).toMatch(/ 17 +0\.210 +meaning +25\.0 % +snow/);
    await runSearch(search('--image', '/images/a.jpg', '--top', '3'), supervisor, {});
    expect(asked).toMatchObject([
      { query: { kind: 'text', text: 'deep snow' }, most: 20 },
      { query: { kind: 'image', image: { kind: 'file', path: path.resolve('/images/a.jpg') } }, most: 3 },
    ]);
  });

  it('prints the JSON that is promised', async () => {
    const { stdout } = await runSearch(search('snow', '--json'), engine(judged).supervisor, {});
    expect(JSON.parse(stdout)).toEqual({
      query: 'snow',
      judge: 'emoji-judge',
      images: 20,
      hits: [{ latent: 17, name: null, label: 'snow', by: 'meaning', score: 0.21, n: 20, firingRate: 0.25 }],
    });
  });
});
