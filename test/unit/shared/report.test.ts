import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import type { ImageOutcome } from '../../../src/shared/analysis';
import { buildReport, type Report, reportCsv, reportJson } from '../../../src/shared/report';
import { analysisOutcome, engineInfo, studyInfo } from '../fixtures';

const failure: ImageOutcome = { kind: 'failure', error: { code: 'image', message: 'Not a picture.' } };

describe('buildReport', () => {
  const report = buildReport({
    engine: engineInfo(),
    study: studyInfo(),
    prompts: ['a wolf', 'a dog'],
    images: [
      {
        name: 'a.jpg',
        outcome: analysisOutcome(
          [3, 5, 9],
          [2, 1, 4],
          [
            [0.25, -0.5, 0.25],
            [0, 0, 0.125],
          ],
        ),
      },
      { name: 'b.jpg', outcome: failure },
    ],
  });

  it('ranks every component by the size of its attribution, ties by latent', () => {
    expect(report.results.map(({ prompt, components }) => [prompt, components])).toEqual([
      [
        'a wolf',
        [
          { latent: 5, attribution: -0.5, activation: 1 },
          { latent: 3, attribution: 0.25, activation: 2 },
          { latent: 9, attribution: 0.25, activation: 4 },
        ],
      ],
      [
        'a dog',
        [
          { latent: 9, attribution: 0.125, activation: 4 },
          { latent: 3, attribution: 0, activation: 2 },
          { latent: 5, attribution: 0, activation: 1 },
        ],
      ],
    ]);
  });

  it('says what it was computed with, and which images have no result', () => {
    expect(Object.keys(report)).toEqual([
      'engine',
      'model',
      'dictionary',
      'intervention',
      'results',
      'failures',
    ]);
    expect(report.engine).toEqual({ version: '0.1.0', device: 'cpu', precision: 'fp32' });
    expect(report.model).toEqual({ id: 'emoji-clip', sha256: 'm'.repeat(64) });
    expect(report.dictionary).toEqual({
      id: 'sae-cls',
      sha256: 'd'.repeat(64),
      layer: 3,
      tokens: 'cls',
      size: 1024,
    });
    expect(report.failures).toEqual([{ image: 'b.jpg', message: 'Not a picture.' }]);
  });

  it('names what was changed in the model', () => {
    const intervention = [
      { component: 708, factor: 0 },
      { component: 12, factor: 1.5 },
    ];
    const changed = buildReport({
      engine: engineInfo(),
      study: studyInfo(),
      prompts: ['a wolf'],
      images: [{ name: 'a.jpg', outcome: analysisOutcome([3], [2], [[-0.5]]) }],
      intervention,
    });
    expect(changed.intervention).toEqual(intervention);
    const named = (of: Report) => {
      const [header, row] = parseCsv(reportCsv(of));
      return row![header!.indexOf('intervention')];
    };
    expect(named(changed)).toBe('708×0 12×1.5');
    expect(named(report)).toBe('');
  });

  it('is the same after JSON', () => {
    expect(JSON.parse(reportJson(report))).toEqual(report);
  });
});

describe('reportCsv', () => {
  const withTexts = (image: string, prompt: string): Report =>
    buildReport({
      engine: engineInfo(),
      study: studyInfo(),
      prompts: [prompt],
      images: [{ name: image, outcome: analysisOutcome([3], [2], [[-0.5]]) }],
    });

  it('writes one row per component, negative numbers as numbers', () => {
    const [header, row, end] = reportCsv(withTexts('a.jpg', 'a wolf')).split('\r\n');
    expect(header?.split(',').slice(0, 8)).toEqual([
      'image',
      'prompt',
      'similarity',
      'total',
      'latent',
      'attribution',
      'activation',
      'error',
    ]);
    expect(row?.split(',').slice(0, 8)).toEqual(['a.jpg', 'a wolf', '0.5', '-0.5', '3', '-0.5', '2', '']);
    expect(row?.split(',')).toHaveLength(header!.split(',').length);
    expect(end).toBe('');
  });

  it.each(['=1+1', '+1', '-1', '@sum', '\tx'])('keeps %j from being run as a formula', (prompt) => {
    expect(parseCsv(reportCsv(withTexts('a.jpg', prompt)))[1]?.[1]).toBe(`'${prompt}`);
  });

  it('leaves no image out', () => {
    const csv = reportCsv(
      buildReport({
        engine: engineInfo(),
        study: studyInfo(),
        prompts: ['a wolf'],
        images: [
          { name: 'none.jpg', outcome: analysisOutcome([], [], [[]]) },
          { name: 'b.jpg', outcome: failure },
        ],
      }),
    );
    const rows = parseCsv(csv)
      .slice(1)
      .map((row) => row.slice(0, 8));
    expect(rows).toEqual([
      ['none.jpg', 'a wolf', '0.5', '0', '', '', '', ''],
      ['b.jpg', '', '', '', '', '', '', 'Not a picture.'],
    ]);
  });

  it('can be read back whatever the texts are', () => {
    const text = fc.string({ unit: fc.constantFrom('a', ',', '"', '\r', '\n', ' ', 'é') });
    fc.assert(
      fc.property(text, text, (image, prompt) => {
        const [, row] = parseCsv(reportCsv(withTexts(`x${image}`, `x${prompt}`)));
        expect(row?.slice(0, 2)).toEqual([`x${image}`, `x${prompt}`]);
      }),
    );
  });
});

/** RFC 4180, independent of the writer. */
function parseCsv(csv: string): string[][] {
  const rows: string[][] = [];
  const field = /(?:"((?:[^"]|"")*)"|([^,"\r\n]*))(,|\r\n)/gy;
  let row: string[] = [];
  for (const [, quoted, plain, end] of csv.matchAll(field)) {
    row.push(quoted?.replaceAll('""', '"') ?? plain ?? '');
    if (end === '\r\n') {
      rows.push(row);
      row = [];
    }
  }
  return rows;
}
