import { describe, expect, it } from 'vitest';
import { dictionaryRows, ownDictionaryRows } from '../../../../src/extension/models/dictionaryRows';
import { errorRows } from '../../../../src/extension/models/errorRows';
import { modelRows } from '../../../../src/extension/models/modelRows';
import { selfTestRow } from '../../../../src/extension/models/selfTestRow';
import { dictionaryCard, modelCard, read, row, selfTest } from './fixtures';

describe('modelRows', () => {
  it('says what a model is', () => {
    expect(read(modelRows(modelCard()))).toEqual([
      'Architecture: ViT, 12 layers × 768, 12 heads, patch 32, 50 tokens',
      'Activation: quick_gelu',
      'Preprocessing: 224 × 224, bicubic, by the shorter side',
      'Embedding: 512 numbers',
      'Text tower: 12 layers × 512, 8 heads, 77 tokens',
      'Tokenizer: tokenizer.json',
      'Precision: F32, 151 million parameters',
      'Files: 2 files, 605 MB',
    ]);
  });

  it('lists the files, and shows those that are here', () => {
    const { rows = [] } = row(modelRows(modelCard()), 'files');
    expect(read(rows)).toEqual(['model.safetensors: 605 MB', 'config.json: 4.19 kB']);
    expect(rows.map(({ file }) => file)).toEqual([
      '/models/vit-b-32/model.safetensors',
      '/models/vit-b-32/config.json',
    ]);
    const remote = modelRows(modelCard({ files: [{ path: 'sub/model.safetensors', size: 1 }] }));
    expect(row(remote, 'files').rows).toMatchObject([
      { label: 'model.safetensors', description: '1\u00a0bytes' },
    ]);
    expect(row(remote, 'files').rows?.[0]).not.toHaveProperty('file');
    expect(row(remote, 'files')).toMatchObject({ tone: 'remote', action: 'download' });
    expect(row(modelRows(modelCard()), 'files')).not.toHaveProperty('action');
  });

  it('warns of what a person should know', () => {
    const rows = modelRows(modelCard({ tokenizer: null, notes: ['Its heads are not known.'] }));
    expect(rows.filter(({ tone }) => tone === 'warning').map(({ id }) => id)).toEqual(['tokenizer', 'note0']);
    expect(row(rows, 'note0')).toMatchObject({ label: 'Its heads are not known.' });
  });
});

describe('dictionaryRows', () => {
  it('says what a dictionary is', () => {
    expect(read(dictionaryRows(dictionaryCard(), modelCard()))).toEqual([
      'Architecture: topk, 24,576 latents',
      'Decomposes: residual stream, block 10, CLS token',
      'Active at most: k = 32 latents of a token',
      'Normalisation: none',
      'Trained on: openai/clip-vit-base-patch32',
      'Precision: F32',
      'Files: 1 file, 151 MB',
    ]);
  });

  it('says what the file leaves open', () => {
    const card = dictionaryCard({
      layer: null,
      tokens: null,
      k: null,
      model: null,
      subtractsDecoderBias: null,
    });
    const rows = dictionaryRows(card, null);
    expect(read(rows)).toEqual([
      'Architecture: topk, 24,576 latents',
      'Decomposes: residual stream, block not said',
      'Normalisation: none',
      'Trained on: not said in the file',
      'Precision: F32',
      'Files: 1 file, 151 MB',
    ]);
    expect(row(rows, 'architecture').details?.at(-1)).toContain('the self-test decides');
  });

  it('says first that it does not fit the model in use', () => {
    const [wide] = dictionaryRows(dictionaryCard({ input: 1024 }), modelCard());
    expect(wide).toMatchObject({
      id: 'misfit',
      tone: 'warning',
      label: 'Does not fit vit-b-32: it reads vectors of 1,024 numbers, and there they have 768.',
    });
    const [deep] = dictionaryRows(dictionaryCard({ layer: 22 }), modelCard());
    expect(deep?.label).toBe('Does not fit vit-b-32: there is no block 22, only 0 to 11.');
  });

  it('measures by what is decomposed', () => {
    const fits = (card: Parameters<typeof dictionaryCard>[0]) =>
      dictionaryRows(dictionaryCard(card), modelCard())[0]?.id !== 'misfit';
    expect(fits({ point: 'embedding', input: 512, layer: null })).toBe(true);
    expect(fits({ point: 'embedding', input: 768 })).toBe(false);
    expect(fits({ point: 'neurons', input: 3072 })).toBe(true);
    expect(fits({ point: 'mlp_out', input: 768 })).toBe(true);
  });
});

describe("a model's own units", () => {
  it('are told from the model', () => {
    expect(read(ownDictionaryRows('neurons', -2, modelCard()))).toEqual([
      'Self-test: exact',
      'Architecture: 3,072 neurons',
      'Decomposes: MLP neurons, block 10 of 0–11',
    ]);
    expect(read(ownDictionaryRows('heads', 0, modelCard()))[1]).toBe('Architecture: 12 attention heads');
  });

  it('do not exist beyond its blocks', () => {
    expect(ownDictionaryRows('neurons', 12, modelCard())).toMatchObject([{ id: 'misfit', tone: 'warning' }]);
  });
});

describe('selfTestRow', () => {
  it('can be run, and says so', () => {
    expect(selfTestRow({ kind: 'unknown' })).toMatchObject({ tone: 'untested', action: 'runSelfTest' });
    expect(selfTestRow({ kind: 'running' })).not.toHaveProperty('action');
  });

  it('gives what was measured', () => {
    const done = selfTestRow({ kind: 'done', test: selfTest() });
    expect(read([done, ...(done.rows ?? [])])).toEqual([
      'Self-test: good, FVU 0.081',
      'FVU: 0.081',
      'Cosine: 0.963',
      'L0: 32',
      'Dead: 12.3 %',
    ]);
    expect(done.tone).toBe('good');
  });

  it('warns of a poor dictionary, in a sentence', () => {
    const poor = selfTestRow({
      kind: 'done',
      test: selfTest({ verdict: 'poor', notes: ['FVU 0.93 > 0.5.'] }),
    });
    expect(poor).toMatchObject({ tone: 'warning', description: 'poor, FVU 0.081' });
    expect(poor.details?.[0]).toContain('may be wrong');
    expect(poor.details).toContain('FVU 0.93 > 0.5.');
  });

  it('judges by direction what was trained on it', () => {
    const row = selfTestRow({ kind: 'done', test: selfTest({ judgedBy: 'cosine' }) });
    expect(row.description).toBe('good, cosine 0.963');
  });

  it('says which reading of the file was taken', () => {
    const others = [{ ...selfTest().taken, subtractsDecoderBias: false, fvu: 1.31 }];
    const { rows = [] } = selfTestRow({ kind: 'done', test: selfTest({ others }) });
    expect(row(rows, 'reading')).toMatchObject({ description: 'decoder bias taken off' });
    expect(row(rows, 'reading').details).toContain('decoder bias kept: FVU 1.31');
  });

  it('gives the error of one that failed, and lets it be run again', () => {
    const error = { code: 'dictionary', message: 'It ends early.', remedy: 'Copy it again.' } as const;
    const failed = selfTestRow({ kind: 'failed', error });
    expect(failed).toMatchObject({ tone: 'error', action: 'runSelfTest' });
    expect(read(failed.rows ?? [])).toEqual(['It ends early.', 'Copy it again.']);
  });
});

it('errors are shown with what helps, and without the path that they stand below', () => {
  const message = '/models/vit/model.safetensors ends early.';
  const [error, remedy] = errorRows({ code: 'checkpoint', message, remedy: 'Copy it again.' }, '/models/vit');
  expect(error).toMatchObject({ label: 'model.safetensors ends early.', tone: 'error', action: 'retry' });
  expect(error?.details?.[0]).toBe(message);
  expect(remedy?.label).toBe('Copy it again.');
  const [alone] = errorRows({ code: 'checkpoint', message: '/models/vit is no model.' }, '/models/vit');
  expect(alone?.label).toBe('vit is no model.');
});
