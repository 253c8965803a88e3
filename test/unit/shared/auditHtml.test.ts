import * as fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { auditHtml, mostPictureLength } from '../../../src/shared/auditHtml';
import { picturesOf } from '../../../src/shared/auditHtmlFinding';
import { mostUnexplained } from '../../../src/shared/auditHtmlUnexplained';
import { auditMarkdown } from '../../../src/shared/auditMarkdown';
import type { AuditReportInput } from '../../../src/shared/auditReport';
import { auditInput, finding, report, sample, study, subject, unexplained } from '../../support/auditFixture';

/** All that a person, a file or a model may have named, in one audit. */
function named(text: string): AuditReportInput {
  const subjects = [subject(text, { images: { kind: 'folders', folders: [text] }, expected: [text] })];
  const found = finding({
    label: text,
    alignments: {
      text: 0,
      expected: [{ text, alignment: 0 }],
      phrases: [{ text, alignment: 0 }],
      images: 9,
    },
    tests: [{ kind: 'written', holds: true, evidence: text, numbers: {}, text }],
    samples: [sample(`/w/${text}`, 1)],
    absent: [sample(`/w/${text}`, 2)],
  });
  const about = report([found], subjects);
  const audited = {
    ...about,
    study: study('k1', text, text),
    subjects: [{ ...about.subjects[0]!, notes: [text], error: { code: 'image' as const, message: text } }],
    unexplained: [unexplained({ label: text })],
    background: [{ component: 1, label: text, rate: 1, measured: 0 }],
    notes: [text],
  };
  const decision = { prompt: text, key: 'k1', component: 708, verdict: 'todo' as const, note: text };
  const input = auditInput([found], subjects, { report: audited, decisions: [decision], notes: [text] });
  return { ...input, against: { ...input, report: { ...audited, study: study('k2', text, text) } } };
}

/** Tags with the names of their attributes, in order; throws where markup is none that we write. */
function skeleton(page: string): readonly string[] {
  const body = page.replace(/<style>[^<]*<\/style>/, '').replace('<!DOCTYPE html>', '');
  const tag = /<(\/?[a-z][a-z0-9]*)((?: [a-zA-Z0-9-]+="[^"<>]*")*)\/?>/g;
  const tags = Array.from(body.matchAll(tag), ([, name, attributes]) =>
    [name, ...Array.from(attributes!.matchAll(/ ([a-zA-Z0-9-]+)="/g), ([, attribute]) => attribute)].join(
      ' ',
    ),
  );
  expect(body.replace(tag, '')).not.toMatch(/[<>]/);
  return tags;
}

const hostile = fc
  .array(
    fc.oneof(
      fc.string({ unit: 'binary' }),
      fc.constantFrom(
        '"',
        "'",
        '`',
        '<',
        '>',
        '&',
        '<script>alert(1)</script>',
        '</title></style><img src=x onerror=alert(1)>',
        '" onload="alert(1)',
        '-->',
        ']]>',
        '&quot;',
        '\u0000',
        '\ud800',
        'javascript:alert(1)',
        '\n\n# x',
      ),
    ),
    { minLength: 1 },
  )
  .map((parts) => parts.join(''));

describe('the report as HTML', () => {
  const plain = skeleton(auditHtml(named('x')));

  it('has the same markup whatever prompts, labels, paths, notes and models are called', () => {
    fc.assert(
      fc.property(hostile, (text) => {
        expect(skeleton(auditHtml(named(text)))).toEqual(plain);
      }),
      { numRuns: 60 },
    );
  });

  it('runs nothing and asks for nothing', () => {
    const page = auditHtml(named('https://example.com/x.png'));
    expect(page).toContain('content="default-src &#39;none&#39;; img-src data:;');
    expect(page).not.toMatch(/<script|<link|<iframe|<object|@import|url\(|\son[a-z]+=/i);
    for (const [, address] of page.matchAll(/(?:href|src)="([^"]*)"/g)) {
      expect(address).toMatch(/^(?:#|data:image\/)/);
    }
  });

  it('shows the pictures that it was given, and none that are something else', () => {
    const input = auditInput([finding()], [subject('a wolf')]);
    const [first, second, third] = picturesOf(input.report.findings);
    const page = auditHtml(
      input,
      new Map([
        [first!, 'data:image/jpeg;base64,AAAA'],
        [second!, 'data:image/svg+xml;base64,AAAA'],
        [third!, 'https://example.com/a.jpg'],
      ]),
    );
    expect(Array.from(page.matchAll(/<img src="([^"]*)"/g), ([, url]) => url)).toEqual([
      'data:image/jpeg;base64,AAAA',
    ]);
    expect(page).toContain('images/wolf/wolf_01.jpg');
    expect(page).not.toContain('/w/images');
  });

  it('has findings by score, the evidence of each, and what was not audited and why', () => {
    const subjects = [subject('a wolf'), subject('a unicorn')];
    const findings = [finding({ component: 1, score: 0.1 }), finding({ component: 2, score: 0.2 })];
    const input = auditInput(findings, subjects);
    const failed = { code: 'library' as const, message: 'It has 3 images.' };
    const page = auditHtml({
      ...input,
      report: {
        ...input.report,
        subjects: [input.report.subjects[0]!, { ...input.report.subjects[1]!, error: failed }],
      },
    });
    const order = Array.from(page.matchAll(/id="finding-(\d+)"[\s\S]*?latent (\d+)/g), ([, rank, latent]) => [
      rank,
      latent,
    ]);
    expect(order).toEqual([
      ['1', '2'],
      ['2', '1'],
    ]);
    expect(page).toContain('Not audited: It has 3 images.');
    expect(page).toContain('1 of 1');
  });

  it('says so where nothing was found', () => {
    const page = auditHtml(auditInput([], [subject('a wolf')]));
    expect(page).toContain('No prompt was found to rely on what it does not say.');
    expect(page).not.toContain('id="evidence"');
  });

  it('bounds its pictures: those of the largest scores are shown, the others named', () => {
    const findings = Array.from({ length: 500 }, (_, i) =>
      finding({
        component: i,
        score: 1 - i / 1000,
        samples: Array.from({ length: 6 }, (_, k) => sample(`/w/${i}_${k}.jpg`, 10 * i + k)),
        absent: [],
      }),
    );
    const input = auditInput(findings, [subject('a wolf')]);
    const url = `data:image/jpeg;base64,${'A'.repeat(10_000)}`;
    const page = auditHtml(input, new Map(picturesOf(findings).map((sha256) => [sha256, url])));
    const shown = Array.from(page.matchAll(/<img src="[^"]*" alt="([^"]*)"/g), ([, name]) => name);
    expect(shown).toHaveLength(Math.floor(mostPictureLength / url.length));
    expect(shown[0]).toBe('0_0.jpg');
    expect(page).toContain(`${3000 - shown.length} pictures are named and not shown`);
    expect(page.match(/<article /g)).toHaveLength(500);
    expect(page.length).toBeLessThan(mostPictureLength + 5e6);
  });
});

describe('what is unexplained', () => {
  const many = Array.from({ length: 500 }, (_, component) => unexplained({ component }));
  const input = auditInput([], [subject('a wolf')]);
  const about = (some: typeof many) => ({ ...input, report: { ...input.report, unexplained: some } });

  it('is folded up in HTML, and bounded there and in Markdown', () => {
    const page = auditHtml(about(many));
    const [folded] = /<details><summary>[\s\S]*<\/details>/.exec(page)!;
    expect(folded).toContain('500 pairs of prompt and component');
    expect(folded.match(/latent \d+ “fox”/g)).toHaveLength(mostUnexplained);
    expect(folded).toContain('400 more are in the report as JSON');
    expect(page).toContain('No prompt was found to rely on what it does not say.');
    const markdown = auditMarkdown(about(many));
    expect(markdown).toContain(
      '| a wolf | latent 0 “fox” | 12.0\u00a0% | 4.0\u00a0% | +8.0\u00a0% | 0.210 | 25 images |',
    );
    expect(markdown.match(/^\| a wolf \| latent /gm)).toHaveLength(50);
    expect(markdown).toContain('450 more are in the report as JSON');
  });

  it('has no part in a report without any', () => {
    expect(auditHtml(about([]))).not.toContain('id="unexplained"');
    expect(auditMarkdown(about([]))).not.toContain('Unexplained');
  });
});

describe('what is expected of a finding', () => {
  it.each([
    ['homonym', 'at an alignment of −0.170 one would expect', 'a text with two senses excuses neither'],
    ['compound', 'at an alignment of −0.170 one would expect', 'a whole is not excused by its part'],
  ] as const)('says at which alignment it was read, and why: %s', (kind, at, why) => {
    const found = finding({ kind, alignment: 0.11, excuse: -0.17 });
    const page = auditHtml(auditInput([found], [subject('a bat')]));
    expect(page).toContain(at);
    expect(page).toContain(`Its alignment with what it says is 0.110, but ${why}`);
    expect(auditHtml(auditInput([finding()], [subject('a bat')]))).not.toContain('excuse');
  });
});

describe('the report as Markdown', () => {
  it('has the same structure whatever things are called', () => {
    /** What each line begins with, and how many cells it has. */
    const structure = (text: string) =>
      text
        .split('\n')
        .map((line) => [/^(?:#+ |- |\||$)/.exec(line)?.[0] ?? 'text', line.match(/(?<!\\)\|/g)?.length ?? 0]);
    const expected = structure(auditMarkdown(named('x')));
    fc.assert(
      fc.property(hostile, (text) => {
        const markdown = auditMarkdown(named(`x${text}`));
        expect(structure(markdown)).toEqual(expected);
        expect(markdown.replaceAll(/\\[\s\S]/g, '')).not.toMatch(/[<>[\]`]/);
      }),
      { numRuns: 60 },
    );
  });

  it('has a row and a section per finding, by score', () => {
    const findings = [finding({ component: 1, score: 0.1, label: null }), finding({ component: 2 })];
    const markdown = auditMarkdown(auditInput(findings, [subject('a wolf')]));
    expect(markdown).toContain(
      '| 1 | a wolf | latent 2 “snow” | artefact | 38.2\u00a0% | 2.1\u00a0% | +36.1\u00a0% |',
    );
    expect(markdown).toContain('| 2 | a wolf | latent 1 | artefact |');
    expect(markdown).toContain('### 2. “a wolf” relies on latent 1\n');
    expect(markdown).toContain('Images: images/wolf/wolf\\_01.jpg');
  });
});
