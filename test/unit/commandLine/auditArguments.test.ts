import { expect, it, test } from 'vitest';
import { parseArguments } from '../../../src/engine/cli/arguments';
import { failing } from '../../../src/engine/cli/auditFailure';
import { auditInput, finding, subject } from '../../support/auditFixture';

const study = { model: null, dictionary: null, layer: null, tokens: null, acceptPoor: false };

it('takes prompts, and has defaults for all else', () => {
  expect(parseArguments(['audit', '--prompt', 'a wolf'])).toEqual({
    kind: 'audit',
    prompts: ['a wolf'],
    promptsFile: null,
    templates: [],
    probe: null,
    classTemplate: 'a photo of a {}',
    most: 50,
    nuisances: null,
    decisions: null,
    margin: 0.01,
    level: 0.05,
    confirm: true,
    against: null,
    reports: [],
    failOn: [],
    ...study,
    library: null,
    judge: null,
    concepts: [],
    nouns: true,
    json: false,
  });
});

it('takes everything', () => {
  const options =
    '--prompts-file p.json --template {}! --probe probe.npz --class-template {} --most 20 --nuisances n.txt ' +
    '--decisions d.json --margin 0.1 --level 0.2 --no-confirm --against-dictionary neurons:3 --against-layer -2 ' +
    '--report out.html --report a/b.MD --report c.json --fail-on new --fail-on score>=0.25 --library l.duckdb ' +
    '--judge self --concepts c.txt --no-nouns --model m --dictionary d --json';
  expect(parseArguments(['audit', ...options.split(' ')])).toMatchObject({
    promptsFile: 'p.json',
    templates: ['{}!'],
    probe: 'probe.npz',
    classTemplate: '{}',
    most: 20,
    nuisances: 'n.txt',
    decisions: 'd.json',
    margin: 0.1,
    level: 0.2,
    confirm: false,
    against: { ...study, model: 'm', dictionary: 'neurons:3', layer: -2 },
    reports: [
      { file: 'out.html', format: 'html' },
      { file: 'a/b.MD', format: 'md' },
      { file: 'c.json', format: 'json' },
    ],
    failOn: [{ kind: 'new' }, { kind: 'score', least: 0.25 }],
    library: 'l.duckdb',
    judge: 'self',
    concepts: ['c.txt'],
    nouns: false,
    json: true,
  });
});

it('has another model with its own dictionary beside the first', () => {
  const argv = ['audit', '--prompt', 'x', '--dictionary', 'd', '--against-model', 'm'];
  expect(parseArguments(argv)).toMatchObject({ against: { model: 'm', dictionary: null } });
});

test.each([
  ['No prompt', ''],
  ['“image.png”', 'image.png --prompt x'],
  ['--template “y”', '--prompt x --template y'],
  ['--class-template “y”', '--prompt x --class-template y'],
  ['give one of them', '--prompt x --class-template {} --class-prompt {}'],
  ['--margin', '--prompt x --margin 2'],
  ['--level', '--prompt x --level 0'],
  ['--level', '--prompt x --level 1'],
  ['--most', '--prompt x --most 0'],
  ['--report out.pdf', '--prompt x --report out.pdf'],
  ['--fail-on “old”', '--prompt x --fail-on old'],
  ['--fail-on “score>=”', '--prompt x --fail-on score>='],
  ['--fail-on “score>=x”', '--prompt x --fail-on score>=x'],
  ['--frob', '--prompt x --frob'],
])('says what is wrong: %s', (part, argv) => {
  expect(() => parseArguments(['audit', ...argv.split(' ').filter((one) => one !== '')])).toThrow(part);
});

it('fails on findings that nobody decided about, or on large ones; never on what is expected', () => {
  const findings = [0.1, 0.2, 0.3, 0.4].map((score, component) => finding({ score, component }));
  const decision = (verdict: 'expected' | 'spurious' | 'todo', component: number) =>
    ({ prompt: 'a wolf', key: 'k1', component, verdict }) as const;
  const input = auditInput(findings, [subject('a wolf')], {
    decisions: [null, decision('spurious', 1), decision('todo', 2), decision('expected', 3)],
  });
  expect(failing(input, { kind: 'new' })).toEqual([0]);
  expect(failing(input, { kind: 'score', least: 0.2 })).toEqual([1, 2]);
  expect(failing(input, { kind: 'score', least: 0.31 })).toEqual([]);
});
