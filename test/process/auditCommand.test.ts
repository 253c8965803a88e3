import { readdirSync, readFileSync, writeFileSync } from 'node:fs';
import * as path from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import * as z from 'zod';
import { findingKinds } from '../../src/shared/audit';
import { formatDecisionFile } from '../../src/shared/decisionFile';
import { type CommandLine, commandLine } from './fixtures/clipsight';

/** `clipsight audit` as a person and a build call it, on pictures of the demo. */

const demo = path.resolve(__dirname, '../../examples/demo/images');
/** Of 8 pictures each: a prompt over two of them has enough. */
const nouns = ['wolf', 'cow', 'dog', 'fox'];
const texts = ['a photo of an animal', 'a photo of a pet'];

let cli: CommandLine;
let library: string;
let prompts: string;
beforeAll(async () => {
  cli = commandLine();
  library = path.join(cli.scratch, '.clipsight/library.duckdb');
  const indexed = await cli.run([
    'index',
    ...nouns.map((noun) => path.join(demo, noun)),
    '--library',
    library,
    '--json',
  ]);
  expect(indexed).toMatchObject({ code: 0 });
  prompts = path.join(cli.scratch, 'prompts.json');
  writeFileSync(
    prompts,
    JSON.stringify(
      texts.map((prompt, i) => ({
        prompt,
        images: nouns
          .slice(2 * i, 2 * i + 2)
          .flatMap((noun) => readdirSync(path.join(demo, noun)).map((file) => path.join(demo, noun, file))),
      })),
    ),
  );
}, 120_000);
afterAll(() => cli.remove());

/** All that is above what is expected is reported: what the command says of findings is asked here, not what it finds. */
const audit = (...args: readonly string[]) =>
  cli.run(
    [
      'audit',
      '--prompts-file',
      prompts,
      '--library',
      library,
      '--no-confirm',
      '--no-nouns',
      '--margin',
      '0',
      '--level',
      '0.99',
    ].concat(args),
  );

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
  beside: z.number().nullable(),
  decision: z.strictObject({ verdict: z.string(), note: z.string().nullable() }).nullable(),
});
const Report = z.strictObject({
  library: z.string(),
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
  background: z.array(
    z.strictObject({ latent: z.int(), label: z.string().nullable(), rate: z.number(), measured: z.number() }),
  ),
  fit: z.strictObject({ alignments: z.array(z.number()), shares: z.array(z.number()) }),
  notes: z.array(z.string()),
  against: z.null(),
});

describe('clipsight audit', () => {
  it('finds what prompts rely on, as JSON; writes reports; fails when asked, until it was decided about', async () => {
    const [html, json] = ['report.html', 'report.json'].map((name) => path.join(cli.scratch, name));
    const ended = await audit('--json', '--fail-on', 'new', '--report', html!, '--report', json!);
    const found = Report.parse(JSON.parse(ended.stdout));
    expect(found).toMatchObject({
      library,
      model: { id: 'emoji-clip' },
      judge: 'emoji-judge',
      margin: 0,
      level: 0.99,
    });
    expect(found.subjects.map(({ prompt, error }) => [prompt, error])).toEqual(
      texts.map((text) => [text, null]),
    );
    expect(found.findings.length).toBeGreaterThan(0);
    const scores = found.findings.map(({ score }) => score);
    expect(scores).toEqual(scores.toSorted((a, b) => b - a));
    for (const { score, measured, expected, interval } of found.findings) {
      expect(score).toBeCloseTo(measured - expected, 6);
      expect(interval[0]).toBeLessThanOrEqual(interval[1]);
    }
    expect(ended.code).toBe(1);
    expect(ended.stderr).toContain(`under --fail-on new.`);

    const { library: _file, ...rest } = JSON.parse(ended.stdout);
    expect(JSON.parse(readFileSync(json!, 'utf8'))).toEqual(rest);
    expect(readFileSync(html!, 'utf8')).toMatch(/<img src="data:image\/jpeg;base64,/);

    // Beside the library, where the editor keeps them for the folder.
    const decisions = found.findings.map(({ prompt, latent }) => ({
      prompt,
      key: found.key,
      component: latent,
      verdict: 'expected' as const,
    }));
    writeFileSync(path.join(path.dirname(library), 'decisions.json'), formatDecisionFile(decisions));
    const again = await audit('--fail-on', 'new', '--fail-on', 'score>=0');
    expect(again).toMatchObject({ code: 0, stderr: '' });
    expect(again.stdout).toContain('2 of 2 prompts audited');
    const spurious = path.join(cli.scratch, 'spurious.json');
    writeFileSync(spurious, formatDecisionFile([{ ...decisions[0]!, verdict: 'spurious' }]));
    const large = await audit('--decisions', spurious, '--fail-on', `score>=${scores[0]! - 1e-6}`);
    expect(large).toMatchObject({ code: 1 });
  }, 120_000);

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
