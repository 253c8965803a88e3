import * as fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { compareAudits } from '../../../src/shared/auditComparison';
import { auditJson, relativeTo } from '../../../src/shared/auditReport';
import { auditInput, finding, report, sample, study, subject, unexplained } from '../../support/auditFixture';

describe('the report as JSON', () => {
  const probe = subject('wolf', {
    direction: { kind: 'linear', name: 'wolf', input: 'raw', weights: [1], bias: 0 },
    set: 'probes/p.json',
    beside: 0,
    images: { kind: 'files', paths: ['/w/images/a.png', '/elsewhere/b.png'] },
    expected: ['fur'],
  });
  const input = auditInput(
    [
      finding({ component: 5, score: 0.1, effect: null, label: null, beside: 0.02, subject: 1 }),
      finding({ samples: [sample('/w/images/wolf/1.jpg', 1)], absent: [] }),
    ],
    [subject('a wolf'), probe],
  );
  const json = auditJson({
    ...input,
    decisions: [null, { prompt: 'a wolf', key: 'k1', component: 708, verdict: 'spurious', note: 'snow' }],
    notes: ['A note.'],
  });

  it('begins every finding with what the command line promises, the largest score first', () => {
    const [first, second] = json.findings;
    expect(Object.keys(first!).slice(0, 11)).toEqual(
      'prompt latent label measured expected score interval alignment kind effect samples'.split(' '),
    );
    expect(first).toMatchObject({
      prompt: 'a wolf',
      latent: 708,
      label: 'snow',
      measured: 0.382,
      expected: 0.021,
      score: 0.361,
      interval: [0.312, 0.408],
      alignment: 0.034,
      kind: 'artefact',
      effect: {
        similarity: -0.0412,
        accuracy: 0.607 - 0.964,
        classified: { images: 28, before: 0.964, after: 0.607 },
      },
      samples: [{ image: 'images/wolf/1.jpg', share: 0.4 }],
      decision: { verdict: 'spurious', note: 'snow' },
    });
    expect(second).toMatchObject({
      prompt: 'probes/p.json#wolf',
      label: null,
      effect: null,
      beside: 0.02,
      decision: null,
    });
  });

  it('lists what is unexplained apart from findings, by the names of their keys', () => {
    const { subject: _subject, component: _component, ...same } = unexplained();
    const listed = auditJson({ ...input, report: { ...input.report, unexplained: [unexplained()] } });
    expect(listed.unexplained).toEqual([{ prompt: 'a wolf', latent: 12, ...same }]);
    expect(listed.findings).toHaveLength(2);
  });

  it('names what it is of and what was audited', () => {
    expect(json).toMatchObject({
      engine: { version: '0.2.0' },
      model: { id: 'emoji-clip' },
      dictionary: { id: 'sae-cls', layer: 4 },
      key: 'k1',
      judge: 'emoji-judge',
      margin: 0.01,
      level: 0.05,
      pairs: 24,
      notes: ['A note.'],
      against: null,
    });
    expect(json.subjects).toMatchObject([
      { prompt: 'a wolf', kind: 'prompt', beside: null, from: { folders: ['wolf'] }, error: null },
      {
        prompt: 'probes/p.json#wolf',
        kind: 'linear',
        beside: 'a wolf',
        expected: ['fur'],
        from: { files: ['images/a.png', '/elsewhere/b.png'] },
      },
    ]);
    expect(JSON.stringify(json)).not.toContain('/models/');
  });

  it('has another audit beside it', () => {
    const other = { ...input, report: { ...input.report, study: study('k2'), findings: [finding()] } };
    const both = auditJson({ ...input, against: other });
    expect(both.against).toMatchObject({
      key: 'k2',
      comparison: {
        matchedBy: 'label',
        prompts: [
          {
            prompt: 'a wolf',
            both: [
              [
                { latent: 708, label: 'snow' },
                { latent: 708, label: 'snow' },
              ],
            ],
            first: [],
            second: [],
            missing: null,
          },
          { prompt: 'probes/p.json#wolf', both: [], first: [{ latent: 5, label: null }], second: [] },
        ],
      },
    });
  });
});

describe('paths in a report', () => {
  it.each([
    ['/w', '/w/a/b.png', 'a/b.png'],
    ['/w/', '/w/a.png', 'a.png'],
    ['/w', '/work/a.png', '/work/a.png'],
    [null, '/w/a.png', '/w/a.png'],
    ['C:\\Work', 'c:\\work\\images\\a.png', 'images/a.png'],
    ['/w', '/w/a\\b.png', 'a\\b.png'],
  ])('from %j, %j is %j', (base, path, expected) => {
    expect(relativeTo(base, path)).toBe(expected);
  });
});

describe('two audits side by side', () => {
  const prompts = [subject('a wolf'), subject('a bear')];
  const audit = (key: string, findings: Parameters<typeof report>[0]) => ({
    report: { ...report(findings, prompts), study: study(key) },
    subjects: prompts,
  });

  it('matches components of one study by number, those of two by label, one to one', () => {
    const findings = [
      finding({ component: 1, label: 'Snow', score: 0.3 }),
      finding({ component: 2, label: 'snow', score: 0.2 }),
      finding({ component: 3, label: null }),
    ];
    const others = [finding({ component: 2, label: ' snow ' }), finding({ component: 3, label: null })];
    const numbers = (key: string) => {
      const { prompts: found } = compareAudits(audit('k', findings), audit(key, others));
      const { both, first, second } = found[0]!;
      return {
        both: both.map(([a, b]) => [a.component, b.component]),
        first: first.map(({ component }) => component),
        second: second.map(({ component }) => component),
      };
    };
    expect(numbers('k')).toEqual({
      both: [
        [3, 3],
        [2, 2],
      ],
      first: [1],
      second: [],
    });
    expect(numbers('other')).toEqual({ both: [[1, 2]], first: [3, 2], second: [3] });
  });

  it('says which of the two did not test a prompt', () => {
    const first = audit('k', [finding()]);
    const only = { report: report([], [prompts[0]!]), subjects: [prompts[0]!] };
    expect(compareAudits(first, only).prompts.map(({ prompt, missing }) => [prompt, missing])).toEqual([
      ['a wolf', null],
      ['a bear', 'second'],
    ]);
    expect(compareAudits(only, first).prompts[1]).toMatchObject({ prompt: 'a bear', missing: 'first' });
  });

  it('loses no finding and makes none up', () => {
    const some = fc.uniqueArray(
      fc.record({
        subject: fc.constantFrom(0, 1),
        component: fc.nat(5),
        label: fc.constantFrom('a', 'b', null),
        score: fc.double({ noNaN: true }),
      }),
      { selector: ({ subject: of, component }) => `${of} ${component}` },
    );
    fc.assert(
      fc.property(some, some, fc.constantFrom('k', 'l'), (a, b, key) => {
        const [one, other] = [a.map(finding), b.map(finding)];
        const { prompts: found } = compareAudits(audit('k', one), audit(key, other));
        const told = (which: 0 | 1) =>
          found.flatMap(({ both, first, second }) => [
            ...both.map((pair) => pair[which]),
            ...(which === 0 ? first : second),
          ]);
        expect(new Set(told(0))).toEqual(new Set(one));
        expect(new Set(told(1))).toEqual(new Set(other));
        expect(told(0)).toHaveLength(one.length);
      }),
    );
  });
});
