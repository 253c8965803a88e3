import { readFileSync, writeFileSync } from 'node:fs';
import * as path from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import * as z from 'zod';
import { findingKinds } from '../../src/shared/audit';
import { formatDecisionFile } from '../../src/shared/decisionFile';
import { auditedNoun, drawAuditedWorld } from '../support/drawnWorkspace';
import { type CommandLine, commandLine } from './fixtures/clipsight';

/** `clipsight audit` as a person and a build call it, on a drawn world in which there is something to find. */

const prompt = `a photo of a ${auditedNoun}`;

let cli: CommandLine;
let library: string;
beforeAll(async () => {
  cli = commandLine();
  library = path.join(cli.scratch, '.clipsight/library.duckdb');
  await drawAuditedWorld(cli.scratch);
  expect(await index()).toMatchObject({ code: 0 });
}, 180_000);
afterAll(() => cli.remove());

const index = (...args: readonly string[]) =>
  cli.run(['index', path.join(cli.scratch, 'images'), '--library', library, '--json', ...args]);

const audit = (...args: readonly string[]) =>
  cli.run(['audit', '--prompt', prompt, '--library', library, ...args]);

const aligned = z.strictObject({ text: z.string(), alignment: z.number() });
const sample = z.strictObject({
  image: z.string(),
  sha256: z.string().length(64),
  share: z.number(),
  activation: z.number(),
  similarity: z.number(),
});
const Finding = z.strictObject({
  prompt: z.string(),
  latent: z.int(),
  label: z.string().nullable(),
  measured: z.number(),
  expected: z.number(),
  score: z.number(),
  interval: z.tuple([z.number(), z.number()]),
  alignment: z.number(),
  kind: z.enum(findingKinds),
  effect: z
    .strictObject({
      similarity: z.number(),
      accuracy: z.number().nullable(),
      interval: z.tuple([z.number(), z.number()]).nullable(),
      images: z.int(),
      classified: z.strictObject({ images: z.int(), before: z.number(), after: z.number() }).nullable(),
      absent: z
        .strictObject({ images: z.int(), similarity: z.number(), accuracy: z.number().nullable() })
        .nullable(),
    })
    .nullable(),
  samples: z.array(sample),
  absent: z.array(sample),
  images: z.int(),
  active: z.int(),
  p: z.number(),
  alignments: z.strictObject({
    text: z.number(),
    expected: z.array(aligned),
    phrases: z.array(aligned),
    images: z.int(),
  }),
  tests: z.array(
    z.strictObject({
      kind: z.string(),
      holds: z.boolean(),
      evidence: z.string(),
      numbers: z.record(z.string(), z.number()),
      text: z.string().nullable(),
    }),
  ),
  excuse: z.number(),
  beside: z.number().nullable(),
  decision: z.strictObject({ verdict: z.string(), note: z.string().nullable() }).nullable(),
});
/** Of one study. */
const Audit = z.strictObject({
  findings: z.array(Finding),
  engine: z.strictObject({ version: z.string(), device: z.string(), precision: z.string() }),
  model: z.strictObject({ id: z.string(), sha256: z.string() }),
  dictionary: z.strictObject({
    id: z.string(),
    sha256: z.string(),
    layer: z.int(),
    tokens: z.string(),
    size: z.int(),
  }),
  key: z.string(),
  judge: z.string(),
  images: z.int(),
  margin: z.number(),
  level: z.number(),
  pairs: z.int(),
  subjects: z.array(
    z.strictObject({
      prompt: z.string(),
      text: z.string(),
      kind: z.string(),
      set: z.string(),
      beside: z.string().nullable(),
      expected: z.array(z.string()),
      from: z.record(z.string(), z.unknown()),
      images: z.int(),
      similarity: z.number().nullable(),
      accuracy: z.number().nullable(),
      tested: z.int(),
      error: z.string().nullable(),
      notes: z.array(z.string()),
    }),
  ),
  unexplained: z.array(
    z.strictObject({
      prompt: z.string(),
      latent: z.int(),
      label: z.string().nullable(),
      active: z.int(),
      measured: z.number(),
      expected: z.number(),
      score: z.number(),
      alignment: z.number(),
    }),
  ),
  background: z.array(
    z.strictObject({ latent: z.int(), label: z.string().nullable(), rate: z.number(), measured: z.number() }),
  ),
  fit: z.strictObject({ alignments: z.array(z.number()), shares: z.array(z.number()) }),
});
const one = z.strictObject({ latent: z.int(), label: z.string().nullable() });
const Comparison = z.strictObject({
  matchedBy: z.enum(['component', 'label']),
  prompts: z.array(
    z.strictObject({
      prompt: z.string(),
      both: z.array(z.tuple([one, one])),
      first: z.array(one),
      second: z.array(one),
      missing: z.enum(['first', 'second', 'both']).nullable(),
    }),
  ),
});
const Report = Audit.extend({
  library: z.string(),
  notes: z.array(z.string()),
  against: Audit.extend({ comparison: Comparison }).nullable(),
});

describe('clipsight audit', () => {
  it('finds the snow under the wolf, as JSON; writes reports; fails a build until it was decided about', async () => {
    const files = ['report.html', 'report.json', 'report.md'].map((name) => path.join(cli.scratch, name));
    const ended = await audit('--json', '--fail-on', 'new', ...files.flatMap((file) => ['--report', file]));
    expect(ended.code).toBe(1);
    expect(ended.stderr).toMatch(/^Note: .*Only one prompt was tested/);
    expect(ended.stderr.trimEnd()).toMatch(/1 finding under --fail-on new\.$/);

    const found = Report.parse(JSON.parse(ended.stdout));
    expect(found).toMatchObject({
      library,
      model: { id: 'emoji-clip' },
      judge: 'emoji-judge',
      images: 264,
      margin: 0.01,
      level: 0.05,
      subjects: [{ prompt, images: 24, from: { folders: [expect.stringMatching(/wolf$/)] }, error: null }],
      against: null,
    });
    expect(found.findings).toHaveLength(1);
    const [snow] = found.findings;
    expect(snow).toMatchObject({ prompt, label: 'snow', kind: 'artefact', images: 24, decision: null });
    expect(snow!.score).toBeCloseTo(snow!.measured - snow!.expected, 6);
    expect(snow!.interval[0]).toBeGreaterThan(0.01);
    expect(snow!.excuse).toBe(snow!.alignment);
    expect(snow!.tests.filter(({ holds }) => holds).map(({ kind }) => kind)).toEqual(['artefact']);
    // Confirmed by running the model.
    expect(snow!.effect).toMatchObject({ images: snow!.active, classified: { images: 24 } });
    expect(snow!.effect!.similarity).toBeLessThan(-0.005);
    expect(snow!.effect!.interval![1]).toBeLessThan(0);
    for (const { image } of [...snow!.samples, ...snow!.absent]) {
      expect(image).toMatch(/^images\/wolf\/wolf_\d+\.jpg$/);
    }
    const listed = new Set(found.unexplained.map(({ latent }) => latent));
    expect(listed.size).toBeGreaterThan(0);
    expect(listed).not.toContain(snow!.latent);

    const [html, json, markdown] = files.map((file) => readFileSync(file, 'utf8'));
    const { library: _file, ...rest } = JSON.parse(ended.stdout);
    expect(JSON.parse(json!)).toEqual(rest);
    expect(html!.match(/<img src="data:image\/jpeg;base64,/g)!.length).toBeGreaterThan(5);
    expect(markdown).toContain(`| 1 | ${prompt} | latent ${snow!.latent} “snow” | artefact |`);

    // Beside the library, where the editor keeps them for the folder.
    const decision = { prompt, key: found.key, component: snow!.latent };
    const decided = path.join(path.dirname(library), 'decisions.json');
    writeFileSync(decided, formatDecisionFile([{ ...decision, verdict: 'expected' }]));
    const again = await audit('--no-confirm', '--fail-on', 'new', '--fail-on', 'score>=0');
    expect(again).toMatchObject({ code: 0, stderr: '' });
    expect(again.stdout).toMatch(/artefact +expected +“a photo of a wolf” → latent \d+ “snow”\n/);
  }, 180_000);

  it('audits a probe beside its prompts, and another dictionary beside the first', async () => {
    const probe = path.join(cli.scratch, 'probes/animals.json');
    const fit = ['probe', 'fit', '--library', library, '--folder', auditedNoun, '--folder', 'dog'];
    const [fitted, indexed] = [
      await cli.run([...fit, '--out', probe]),
      await index('--dictionary', 'heads:3'),
    ];
    expect([fitted, indexed]).toMatchObject([{ code: 0 }, { code: 0 }]);
    const spurious = path.join(cli.scratch, 'spurious.json');
    writeFileSync(spurious, formatDecisionFile([]));
    const asked = ['--probe', probe, '--against-dictionary', 'heads:3', '--decisions', spurious, '--json'];
    const ended = await audit(...asked);
    expect(ended.code).toBe(0);
    const found = Report.parse(JSON.parse(ended.stdout));
    const [wolf, dog] = [prompt, 'a photo of a dog'];
    const few = expect.stringContaining('fewer than 10');
    expect(found.subjects).toMatchObject([
      { prompt: wolf, kind: 'prompt', set: 'prompts', beside: null, error: null },
      { prompt: dog, kind: 'prompt', beside: null, error: few },
      { prompt: 'probes/animals.json#dog', kind: 'linear', beside: dog, error: few },
      { prompt: 'probes/animals.json#wolf', kind: 'linear', beside: wolf, images: 24, error: null },
    ]);
    expect(found.findings.map(({ prompt, label }) => [prompt, label])).toContainEqual([wolf, 'snow']);
    expect(found.against).toMatchObject({
      dictionary: { id: 'heads:3' },
      comparison: { matchedBy: 'label' },
    });
    const { prompts } = found.against!.comparison;
    expect(prompts[0]).toMatchObject({ prompt: wolf, first: [{ label: 'snow' }], missing: null });
    expect(found.notes.join('\n')).toContain('Only one prompt');
  }, 180_000);

  it.each([
    ['a file that is not there', ['--concepts', 'none.txt'], 'none.txt: no such file.'],
    ['no library', ['--library', 'none.duckdb'], 'clipsight index'],
    ['an unknown option', ['--frob'], 'See clipsight --help.'],
  ])('ends with 2 and a line that says what to do: %s', async (_what, args, message) => {
    const ended = await audit(...args);
    expect(ended).toMatchObject({ code: 2, stdout: '' });
    expect(ended.stderr).toContain(message);
    expect(ended.stderr.trimEnd()).not.toContain('\n');
  });
});
