import { mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import * as path from 'node:path';
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { parseArguments } from '../../../src/engine/cli/arguments';
import { runAudit } from '../../../src/engine/cli/audit';
import type { AuditCommand } from '../../../src/engine/cli/auditArguments';
import type { AuditReport, AuditRequest } from '../../../src/shared/audit';
import { ClipsightError } from '../../../src/shared/errors';
import type { EngineSupervisor } from '../../../src/supervisor/engineSupervisor';
import { finding, report, study } from '../../support/auditFixture';

let folder: string;
let library: string;
beforeAll(() => {
  folder = mkdtempSync(path.join(tmpdir(), 'clipsight-'));
  mkdirSync(path.join(folder, '.clipsight'));
  library = path.join(folder, '.clipsight/library.duckdb');
  writeFileSync(library, '');
});
afterAll(() => rmSync(folder, { recursive: true }));

let requests: AuditRequest[];
beforeEach(() => {
  requests = [];
});

/** An engine that finds snow for the first prompt, whatever it is asked. */
function engine(change: (made: AuditReport) => AuditReport = (made) => made): EngineSupervisor {
  const remote = {
    describe: async () => ({ version: '1', pid: 1 }),
    classFolders: async ({ study: asked }: AuditRequest) => ({
      key: asked.dictionary.startsWith('neurons') ? 'k2' : 'k1',
      folders: [
        { name: 'train/wolf', images: 20 },
        { name: 'bear', images: 20 },
      ],
    }),
    readProbe: async () => ({
      probe: { name: 'p', input: 'raw', classes: [{ name: 'wolf', weights: [1], bias: 0 }] },
      notes: ['A note of the probe.'],
    }),
    audit: async (request: AuditRequest) => {
      requests.push(request);
      const path = `${folder}/images/1.jpg`;
      const samples = finding()
        .samples.slice(0, 1)
        .map((one) => ({ ...one, path }));
      const made = report([finding({ samples, absent: [] })], request.subjects);
      const key = request.study.dictionary.startsWith('neurons') ? 'k2' : 'k1';
      return change({ ...made, study: study(key) });
    },
    thumbnail: async () => ({ bytes: Uint8Array.of(1, 2, 3), mime: 'image/jpeg', width: 1, height: 1 }),
  };
  return { remote } as unknown as EngineSupervisor;
}

function ask(...argv: readonly string[]) {
  const command = parseArguments(['audit', '--library', library, ...argv]) as AuditCommand;
  return (on = engine()) => runAudit(command, on, {});
}

const file = (name: string, content: unknown) => {
  const at = path.join(folder, name);
  writeFileSync(at, typeof content === 'string' ? content : JSON.stringify(content));
  return at;
};

describe('clipsight audit', () => {
  it('asks for the images of class folders, rivals, declared concepts and a vocabulary', async () => {
    const concepts = file('concepts.json', { 'a *wolf': ['fur'], '*': ['an animal'] });
    const prompts = file('prompts.json', [
      { prompt: 'wolf', templates: ['a {}', 'the {}'], expected: ['a snout'] },
      { prompt: 'a tree', images: ['tree.png'] },
    ]);
    await ask('--prompt', 'a wolf', '--prompts-file', prompts, '--concepts', concepts, '--no-confirm')();
    const [request] = requests;
    expect(request).toMatchObject({
      subjects: [
        {
          name: 'a wolf',
          images: { kind: 'folders', folders: ['train/wolf'] },
          expected: ['fur', 'an animal'],
        },
        {
          name: 'wolf',
          text: 'wolf',
          direction: { kind: 'ensemble', texts: ['a wolf', 'the wolf'] },
          images: { kind: 'folders', folders: ['train/wolf'] },
          expected: ['a snout', 'an animal'],
        },
        { name: 'a tree', images: { kind: 'files', paths: [path.join(folder, 'tree.png')] } },
      ],
      rivals: [{ set: 'prompts', name: 'bear', direction: { kind: 'prompt', text: 'a photo of a bear' } }],
      vocabulary: { texts: ['a wolf', 'wolf', 'a tree', 'fur', 'an animal'], nouns: true },
      nuisances: ['a watermark', 'a border', 'a background', 'written text'],
      margin: 0.01,
      level: 0.05,
      confirm: false,
    });
  });

  it('prints a table, or JSON with the notes beside it', async () => {
    const table = await ask('--prompt', 'a wolf')();
    expect(table).toMatchObject({ stderr: '', exitCode: 0 });
    expect(table.stdout).toContain('1 of 1 prompt audited');
    expect(table.stdout).toMatch(
      /\+36\.1.%.*artefact +new +“a wolf” → latent 708 “snow” · without it −4\.12 points/,
    );
    const noted = engine((made) => ({ ...made, notes: ['About the audit.'] }));
    const { stdout, stderr } = await ask('--prompt', 'a wolf', '--json')(noted);
    expect(JSON.parse(stdout)).toMatchObject({
      library,
      findings: [{ prompt: 'a wolf', latent: 708, samples: [{ image: 'images/1.jpg' }] }],
      notes: ['About the audit.'],
    });
    expect(stderr).toBe('Note: About the audit.');
  });

  it('puts the classes of a probe beside their prompts, and leaves it out for another model', async () => {
    const probe = path.join(folder, 'probes/p.npz');
    const argv = ['--probe', probe, '--against-model', folder, '--against-dictionary', 'neurons:2', '--json'];
    const { stdout } = await ask(...argv)();
    const subjects = requests.map((request) =>
      request.subjects.map(({ name, set, beside }) => ({ name, set, beside })),
    );
    const prompt = { name: 'a photo of a wolf', set: 'prompts', beside: null };
    expect(subjects).toEqual([[prompt, { name: 'wolf', set: 'probes/p.npz', beside: 0 }], [prompt]]);
    expect(JSON.parse(stdout)).toMatchObject({
      notes: ['A note of the probe.'],
      against: {
        key: 'k2',
        comparison: {
          matchedBy: 'label',
          prompts: [{ both: [[{ latent: 708 }, { latent: 708 }]] }, { missing: 'second' }],
        },
      },
    });
  });

  it('writes reports, pictures in the page', async () => {
    const [html, markdown, json] = ['r.html', 'r.md', 'r.json'].map((name) => path.join(folder, name));
    await ask('--prompt', 'a wolf', '--report', html!, '--report', markdown!, '--report', json!)();
    expect(readFileSync(html!, 'utf8')).toContain(
      '<img src="data:image/jpeg;base64,AQID" alt="images/1.jpg"',
    );
    expect(readFileSync(markdown!, 'utf8')).toMatch(/^# Audit of emoji-clip/);
    expect(JSON.parse(readFileSync(json!, 'utf8'))).toMatchObject({ findings: [{ latent: 708 }] });
  });

  it('ends with 1 for findings under --fail-on, unless they were decided to be expected', async () => {
    const failed = await ask('--prompt', 'a wolf', '--fail-on', 'new')();
    expect(failed).toMatchObject({ exitCode: 1, stderr: '1 finding under --fail-on new.' });
    expect(failed.stdout).toContain('latent 708');
    expect((await ask('--prompt', 'a wolf', '--fail-on', 'score>=0.4')()).exitCode).toBe(0);
    const decided = (verdict: string) =>
      file(`${verdict}.json`, {
        version: 1,
        decisions: [{ prompt: 'a wolf', key: 'k1', component: 708, verdict }],
      });
    const both = ['--fail-on', 'new', '--fail-on', 'score>=0.3'];
    const of = async (verdict: string, ...rules: readonly string[]) =>
      (await ask('--prompt', 'a wolf', '--decisions', decided(verdict), ...rules)()).exitCode;
    expect(await of('expected', ...both)).toBe(0);
    expect(await of('spurious', '--fail-on', 'new')).toBe(0);
    expect(await of('spurious', ...both)).toBe(1);
  });

  it('takes the decisions beside the library', async () => {
    const decision = { prompt: 'a wolf', key: 'k1', component: 708, verdict: 'todo', note: 'Ask.' };
    const at = file('.clipsight/decisions.json', { version: 1, decisions: [decision] });
    const { stdout } = await ask('--prompt', 'a wolf', '--json')();
    rmSync(at);
    expect(JSON.parse(stdout).findings[0].decision).toEqual({ verdict: 'todo', note: 'Ask.' });
  });

  it.each([
    [['--prompts-file', 'none.txt'], 'none.txt: no such file'],
    [['--prompt', 'x', '--concepts', 'none.txt'], 'none.txt: no such file'],
    [['--prompt', 'x', '--nuisances', 'none.txt'], 'none.txt: no such file'],
    [['--prompt', 'x', '--decisions', 'none.json'], 'There is no file of decisions none.json'],
    [['--prompt', 'x', '--report', 'nowhere/r.html'], 'nowhere/r.html is in no folder'],
    [['--prompt', 'x', '--library', 'none.duckdb'], 'There is no library at'],
  ])('says what is wrong before it computes: %j', async (argv, message) => {
    await expect(ask(...argv)()).rejects.toThrow(message);
    expect(requests).toEqual([]);
  });

  it('says so where nothing could be audited, and names what was not', async () => {
    const error = { code: 'library' as const, message: 'It has 3 images.' };
    const without = (which: number) =>
      engine((made) => ({
        ...made,
        findings: [],
        subjects: made.subjects.map((one, i) => (i >= which ? { ...one, error } : one)),
      }));
    await expect(ask('--prompt', 'a', '--prompt', 'b')(without(0))).rejects.toThrow('None of 2 prompts');
    const { stdout } = await ask('--prompt', 'a', '--prompt', 'b')(without(1));
    expect(stdout).toContain('Note: “b” was not audited: It has 3 images.');
    expect(stdout).toContain('No prompt was found');
    const named = engine((made) => ({
      ...made,
      subjects: made.subjects.map((one, i) =>
        i === 0 ? one : { ...one, error: { ...error, message: '“b” has 3 images.' } },
      ),
    }));
    expect((await ask('--prompt', 'a', '--prompt', 'b')(named)).stdout).toContain(
      'Note: Not audited: “b” has 3 images.',
    );
  });

  it('is stopped without an error', async () => {
    const stopped = engine(() => {
      throw new ClipsightError('cancelled', 'Cancelled.');
    });
    expect(await ask('--prompt', 'a')(stopped)).toMatchObject({ exitCode: 130, stdout: '' });
  });

  it('refuses numbers of a model that changed meanwhile', async () => {
    const changed = engine((made) => ({ ...made, study: study('k9') }));
    await expect(ask('--prompt', 'a')(changed)).rejects.toThrow('changed on disk');
  });
});
