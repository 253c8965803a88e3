import assert from 'node:assert/strict';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import * as vscode from 'vscode';
import { auditFeatures } from '../../src/extension/audit/auditFeatures';
import { Rewriter } from '../../src/extension/compare/rewriter';
import { finderThread } from '../../src/extension/prompts/finderThread';
import { PromptDocuments } from '../../src/extension/prompts/promptDocuments';
import type { AuditRequest, Finding } from '../../src/shared/audit';
import { decisionFile, parseDecisionFile } from '../../src/shared/decisionFile';
import type { Direction } from '../../src/shared/direction';
import type { EngineProtocol } from '../../src/shared/engineProtocol';
import { ClipsightError } from '../../src/shared/errors';
import type { Remote } from '../../src/shared/rpc/protocol';
import { engineRemote } from '../support/engineRemote';
import { finding, report } from '../unit/extension/audit/fixtures';
import { libraryStatus } from '../unit/extension/library/fixtures';
import { testLibrary } from './libraryDoubles';
import { test } from './runner';
import { insist, pause, until } from './waiting';

const extension = () => vscode.extensions.getExtension('clipsight.clipsight')!;
const folder = () => vscode.workspace.workspaceFolders![0]!.uri;
const file = (name: string) => vscode.Uri.joinPath(folder(), name);

async function write(name: string, text: string): Promise<vscode.Uri> {
  await vscode.workspace.fs.writeFile(file(name), new TextEncoder().encode(text));
  return file(name);
}

async function read(uri: vscode.Uri): Promise<string> {
  return new TextDecoder().decode(await vscode.workspace.fs.readFile(uri));
}

/** An engine that finds `findings` whatever it is asked to audit, and what it was asked. */
function auditor(findings: readonly Finding[]) {
  const asked: AuditRequest[] = [];
  const answers: Partial<Remote<EngineProtocol>> = {
    libraryStatus: async () => libraryStatus(),
    classFolders: async () => ({
      key: libraryStatus().study.key,
      folders: ['images/wolf', 'images/cat', 'images/dog'].map((name) => ({ name, images: 8 })),
    }),
    audit: async (request, options) => {
      asked.push(request as AuditRequest);
      options?.onProgress?.({ stage: 'Testing', done: 1, total: 2 });
      return report(request.subjects.length, findings);
    },
  };
  return { asked, answers };
}

/** The audit as the extension puts it together, over an engine that answers as told. */
function audit(storage: string, answers: Partial<Remote<EngineProtocol>>) {
  writeFileSync(join(storage, 'library.duckdb'), '');
  const { library, vocabularies } = testLibrary(vscode.Uri.file(storage), answers);
  const finder = finderThread({
    entry: vscode.Uri.joinPath(extension().extensionUri, 'dist', 'prompts.js').fsPath,
  });
  const errors: unknown[] = [];
  const documents = new PromptDocuments(finder, (thrown) => errors.push(thrown));
  const rewriter = new Rewriter(documents);
  const features = auditFeatures({
    engine: () => engineRemote(answers),
    finder,
    readStudy: async () => ({ model: '/m', dictionary: '/d' }),
    classTemplate: () => 'a photo of a {}',
    storage: vscode.Uri.file(storage),
    library,
    vocabularies,
    documents,
    rewriter,
    pickPrompts: async () => undefined,
    sources: {
      extension: extension().extensionUri,
      engine: () => engineRemote({}),
      cards: undefined as never,
      memory: undefined as never,
    },
    onError: (thrown) => errors.push(thrown),
  });
  const dispose = () => {
    for (const one of [features, documents, finder, library, vocabularies]) one.dispose();
  };
  return { ...features, errors, library, dispose };
}

function errorOf({ session }: Pick<ReturnType<typeof audit>, 'session'>): string | null {
  return session.error?.message ?? null;
}

function problemsOf(uri: vscode.Uri): readonly vscode.Diagnostic[] {
  return vscode.languages.getDiagnostics(uri).filter(({ source }) => source === 'Clipsight');
}

async function problems(uri: vscode.Uri, count: number): Promise<readonly vscode.Diagnostic[]> {
  return until(() => {
    const now = problemsOf(uri);
    return now.length === count && now;
  });
}

/** By title; each once, though the extension's own provider answers, too. */
async function actionsOn(uri: vscode.Uri, range: vscode.Range): Promise<Map<string, vscode.CodeAction>> {
  const actions: vscode.CodeAction[] = await vscode.commands.executeCommand(
    'vscode.executeCodeActionProvider',
    uri,
    range,
    vscode.CodeActionKind.QuickFix.value,
  );
  return new Map(actions.map((action) => [action.title, action]));
}

/** The first undo may go to an input that still has the focus. */
function undoTo(text: string, document: vscode.TextDocument): Promise<void> {
  return insist(
    () => vscode.commands.executeCommand('undo'),
    () => document.getText() === text,
  );
}

async function inStorage(body: (storage: string) => Promise<void>): Promise<void> {
  await extension().activate();
  const storage = mkdtempSync(join(tmpdir(), 'clipsight-storage-'));
  try {
    await body(storage);
  } finally {
    await vscode.commands.executeCommand('workbench.action.files.revert');
    await vscode.commands.executeCommand('workbench.action.closeAllEditors');
    await vscode.workspace.fs.delete(file('.clipsight'), { recursive: true }).then(undefined, () => {});
    rmSync(storage, { recursive: true, force: true });
  }
}

const source = 'prompts = [\n    "a photo of a wolf",\n    "a photo of a cat",\n]\n';

test('findings are Problems at their prompts, follow what is typed, and go with the text', () =>
  inStorage(async (storage) => {
    const uri = await write('audited.py', source);
    const { asked, answers } = auditor([
      finding(),
      finding({ component: 9, label: 'sledge', kind: 'compound' }),
    ]);
    const one = audit(storage, answers);
    try {
      await one.commands.auditFile!(uri);
      const [request] = asked;
      assert.deepEqual(
        request?.subjects.map(({ text, images }) => [text, images]),
        [
          ['a photo of a wolf', { kind: 'folders', folders: ['images/wolf'] }],
          ['a photo of a cat', { kind: 'folders', folders: ['images/cat'] }],
        ],
      );
      assert.deepEqual(
        request.rivals.map(({ name }) => name),
        ['dog'],
      );
      // The file is not shown anywhere.
      const [first, second] = await problems(uri, 2);
      assert.deepEqual(first!.range, new vscode.Range(1, 5, 1, 22));
      assert.match(first!.message, /^“a photo of a wolf” relies on “snow” \(component 708\): 11\.2\s% /);
      assert.equal(first!.severity, vscode.DiagnosticSeverity.Warning);
      assert.equal(typeof first!.code === 'object' && first!.code.value, 'artefact');
      assert.equal(first!.relatedInformation?.length, 3);
      assert.equal(first!.relatedInformation?.[0]?.location.uri.fsPath, '/images/wolf/a.jpg');
      assert.equal(typeof second!.code === 'object' && second!.code.value, 'compound');

      const editor = await vscode.window.showTextDocument(uri);
      await editor.edit((edit) => edit.insert(new vscode.Position(0, 0), '# two\n# lines\n'));
      await until(() => problemsOf(uri)[0]?.range.start.line === 3);
      await editor.edit((edit) => edit.replace(new vscode.Range(3, 18, 3, 22), 'fox'));
      await problems(uri, 0);
      await vscode.commands.executeCommand('undo');
      await problems(uri, 2);
      assert.deepEqual(one.errors, []);
    } finally {
      one.dispose();
      await until(() => problemsOf(uri).length === 0);
      await vscode.workspace.fs.delete(uri);
    }
  }));

test('what is marked as expected is no Problem, also after a reload, until that is taken back', () =>
  inStorage(async (storage) => {
    const uri = await write('decided.py', source);
    const { answers } = auditor([finding()]);
    const before = audit(storage, answers);
    try {
      await vscode.window.showTextDocument(uri);
      await before.commands.auditFile!();
      const [problem] = await problems(uri, 1);
      const actions = await actionsOn(uri, problem!.range);
      assert.deepEqual(
        [...actions.keys()],
        [
          'Open Evidence',
          'Try Rewordings…',
          'Mark as Expected',
          'Mark as Spurious',
          'Mark as To Do',
          'Ignore This Prompt Here',
        ],
      );
      const { outcome } = before.session;
      const id = before.session.idOf(outcome!, outcome!.report.findings[0]!);
      assert.deepEqual(actions.get('Open Evidence')?.command?.arguments, [id]);
      assert.deepEqual(actions.get('Mark as Expected')?.command?.arguments, [id, 'expected']);

      await before.commands.decideFinding!(id, 'expected');
      await problems(uri, 0);
      const written = await read(file(decisionFile));
      assert.deepEqual(parseDecisionFile(written, 'f'), [
        {
          prompt: 'a photo of a wolf',
          key: id.key,
          component: 708,
          verdict: 'expected',
          label: 'snow',
          model: outcome!.report.study.model.id,
          dictionary: outcome!.report.study.dictionary.id,
        },
      ]);
      // As another program, or a merge, writes it.
      await write(decisionFile, written.replace('"expected"', '"spurious"'));
      const [spurious] = await problems(uri, 1);
      assert.equal(spurious!.severity, vscode.DiagnosticSeverity.Information);
      await before.commands.decideFinding!(id, 'todo');
      await until(() => problemsOf(uri)[0]?.severity === vscode.DiagnosticSeverity.Warning);
      await before.commands.decideFinding!(id, 'expected');
      await problems(uri, 0);
    } finally {
      before.dispose();
    }
    const after = audit(storage, answers);
    try {
      await until(() => after.session.outcome);
      await after.problems.settled();
      assert.deepEqual(problemsOf(uri), []);
      const { outcome } = after.session;
      assert.equal(outcome?.report.findings.length, 1);
      assert.equal(after.session.outdated, null);
      const { scope } = after.session;
      assert.equal(scope?.kind === 'document' && scope.uri.toString(), uri.toString());
      await after.commands.decideFinding!(after.session.idOf(outcome!, outcome!.report.findings[0]!), null);
      await problems(uri, 1);
      assert.deepEqual(parseDecisionFile(await read(file(decisionFile)), 'f'), []);

      // A file that cannot be understood is told of, and not written over.
      await write(decisionFile, '{');
      await until(() => after.errors.length > 0);
      const id = after.session.idOf(outcome!, outcome!.report.findings[0]!);
      await assert.rejects(after.session.decide(id, 'expected'), /decisions\.json is no JSON/);
      assert.equal(await read(file(decisionFile)), '{');
    } finally {
      after.dispose();
      await vscode.workspace.fs.delete(uri);
    }
  }));

test('a prompt is ignored by a comment, which undo takes back', () =>
  inStorage(async (storage) => {
    const uri = await write('ignored.py', source);
    const one = audit(storage, auditor([finding()]).answers);
    try {
      const editor = await vscode.window.showTextDocument(uri);
      await one.commands.auditFile!(uri);
      const [problem] = await problems(uri, 1);
      const ignore = (await actionsOn(uri, problem!.range)).get('Ignore This Prompt Here');
      assert.ok(ignore?.edit);
      await vscode.workspace.applyEdit(ignore.edit);
      assert.equal(editor.document.lineAt(1).text, '    # clipsight: ignore');
      await problems(uri, 0);
      await undoTo(source, editor.document);
      await problems(uri, 1);
    } finally {
      one.dispose();
      await vscode.workspace.fs.delete(uri);
    }
  }));

test('the workspace is audited as a whole: files of several kinds, notebooks, and each prompt once', () =>
  inStorage(async (storage) => {
    const cell = {
      cell_type: 'code',
      execution_count: null,
      metadata: {},
      outputs: [],
      source: 'captions = ["a zebra at night", "a photo of a wolf"]',
    };
    const written = [
      await write('more/audited.py', source),
      await write('more/audited.yaml', 'captions:\n  - a unicorn\n'),
      await write('more/node_modules/x/other.py', 'prompts = ["a wombat", "a quokka"]\n'),
      await write(
        'more/cells.ipynb',
        JSON.stringify({
          cells: [cell],
          metadata: { kernelspec: { name: 'python3', language: 'python', display_name: 'Python 3' } },
          nbformat: 4,
          nbformat_minor: 5,
        }),
      ),
    ];
    const { asked, answers } = auditor([]);
    const one = audit(storage, {
      ...answers,
      audit: async (request) => {
        asked.push(request as AuditRequest);
        const at = request.subjects.findIndex(({ text }) => text === 'a photo of a wolf');
        return report(request.subjects.length, [finding({ subject: at })]);
      },
    });
    try {
      await one.commands.auditWorkspace!();
      const texts = asked[0]!.subjects.map(({ name }) => name);
      for (const text of ['a photo of a wolf', 'a unicorn', 'a zebra at night']) {
        assert.equal(texts.filter((other) => other === text).length, 1, text);
      }
      assert.equal(texts.includes('a wombat'), false);
      await problems(written[0]!, 1);
      const notebook = await vscode.workspace.openNotebookDocument(written[3]!);
      await problems(notebook.cellAt(0).document.uri, 1);
    } finally {
      one.dispose();
      await vscode.workspace.fs.delete(file('more'), { recursive: true });
    }
  }));

test('one run at a time: the one before is given up, a cancelled one leaves what was known, a failed one says so', () =>
  inStorage(async (storage) => {
    const { answers } = auditor([]);
    const signals: AbortSignal[] = [];
    const studies: unknown[] = [];
    let fails = false;
    let endsAnyway = false;
    const one = audit(storage, {
      ...answers,
      audit: (request, options) => {
        studies.push(request.study);
        if (fails) return Promise.reject(new ClipsightError('library', 'It is broken.'));
        if (request.subjects.length === 1) return Promise.resolve(report(1, [finding()]));
        signals.push(options!.signal!);
        return new Promise((resolve, reject) => {
          options!.signal!.addEventListener('abort', () => {
            if (endsAnyway) resolve(report(request.subjects.length, []));
            else reject(new ClipsightError('cancelled', 'Cancelled.'));
          });
        });
      },
    });
    try {
      const hanging = one.session.run({ kind: 'prompts', prompts: ['a', 'b'] });
      await until(() => signals.length === 1);
      assert.notEqual(one.session.progress, null);
      await one.session.run({ kind: 'prompts', prompts: ['a wolf'] });
      await hanging;
      assert.equal(signals[0]!.aborted, true);
      const { outcome } = one.session;
      assert.equal(outcome?.subjects[0]?.name, 'a wolf');
      const cancelled = one.session.run({ kind: 'prompts', prompts: ['c', 'd'] });
      await until(() => signals.length === 2);
      one.session.cancel();
      await cancelled;
      assert.equal(one.session.outcome, outcome);
      assert.equal(one.session.progress, null);
      assert.equal(errorOf(one), null);
      // As one that ends before it hears of it.
      endsAnyway = true;
      const late = one.session.run({ kind: 'prompts', prompts: ['e', 'f'] });
      await until(() => signals.length === 3);
      one.session.cancel();
      await late;
      assert.equal(one.session.outcome, outcome);

      const beside = { model: '/m', dictionary: '/other' };
      await one.session.runBeside(beside);
      assert.deepEqual(studies.at(-1), beside);
      assert.equal(one.session.outcome, outcome);
      assert.deepEqual(one.session.other?.subjects, outcome?.subjects);
      one.session.clearBeside();
      assert.equal(one.session.other, null);
      fails = true;
      await assert.rejects(one.session.run({ kind: 'prompts', prompts: ['a cat'] }), /broken/);
      assert.equal(errorOf(one), 'It is broken.');
      assert.equal(one.session.outcome, outcome);
      assert.deepEqual(one.session.scope, { kind: 'prompts', prompts: ['a wolf'] });
    } finally {
      one.dispose();
    }
  }));

test('an audit is outdated when the library has changed, and no Problem of another model', () =>
  inStorage(async (storage) => {
    const uri = await write('old.py', source);
    const { answers } = auditor([finding()]);
    let status = libraryStatus();
    const one = audit(storage, { ...answers, libraryStatus: async () => status });
    try {
      await one.commands.auditFile!(uri);
      await problems(uri, 1);
      status = libraryStatus({ images: status.images + 1 });
      one.library.changed();
      await until(() => one.session.outdated === 'library');
      await until(() => problemsOf(uri)[0]?.message.includes('The library has changed since'));
      status = libraryStatus({ study: { ...status.study, key: 'another' } });
      one.library.changed();
      await until(() => one.session.outdated === 'study');
      await problems(uri, 0);
      status = libraryStatus();
      one.library.changed();
      await problems(uri, 1);
      await pause();
      assert.equal(one.session.outdated, null);
    } finally {
      one.dispose();
      await vscode.workspace.fs.delete(uri);
    }
  }));

test('wordings are scored on the images of the prompt, and the one that is chosen is written into the file', () =>
  inStorage(async (storage) => {
    const uri = await write('reworded.py', source);
    const { answers } = auditor([finding()]);
    const { study } = report(1, []);
    const said = (direction: Direction) => (direction.kind === 'prompt' ? direction.text : '');
    const tried: string[][] = [];
    const one = audit(storage, {
      ...answers,
      // Nearest of all: an animal.
      relate: async ({ directions }) => ({
        study,
        cosines: Float32Array.from([...directions].map((_, i) => (i === 0 ? 1 : 1 / (i + 1)))),
      }),
      measure: async ({ image, directions }) => {
        tried.push(directions.map(said));
        assert.ok(image.kind === 'file' && image.path.includes('/images/wolf/'));
        return {
          study,
          components: Int32Array.of(708, 709),
          directions: directions.map((direction) => ({
            similarity: 0.3,
            without: 0,
            values: [Float32Array.of(said(direction).includes('an animal') ? 0.01 : 0.3, 1)],
          })),
          notes: [],
        };
      },
      compare: async ({ images, directions }) => {
        assert.deepEqual(directions.map(said), ['a photo of a cat', 'a photo of a dog']);
        return {
          study,
          failures: images.map(() => null),
          similarities: new Float32Array(images.length * directions.length).fill(0.1),
          components: new Int32Array(),
          attributions: new Float32Array(),
          activations: new Float32Array(),
          totals: new Float32Array(directions.length),
          readings: directions.map(() => []),
        };
      },
    });
    try {
      const editor = await vscode.window.showTextDocument(uri);
      await one.commands.auditFile!(uri);
      const [problem] = await problems(uri, 1);
      const { outcome } = one.session;
      const id = one.session.idOf(outcome!, outcome!.report.findings[0]!);
      const offset = editor.document.offsetAt(problem!.range.start);
      const trying = one.commands.tryRewordings!(id, uri, offset);
      await insist(
        () => vscode.commands.executeCommand('workbench.action.acceptSelectedQuickOpenItem'),
        () => editor.document.lineAt(1).text.includes('an animal'),
      );
      await trying;
      assert.equal(tried.length, 8);
      assert.equal(tried[0]?.[0], 'a photo of a wolf');
      // The best one goes first: it relies on the component least.
      assert.equal(editor.document.lineAt(1).text, '    "a photo of a wolf, an animal",');
      await problems(uri, 0);
      await undoTo(source, editor.document);
      await problems(uri, 1);
      await assert.rejects(
        Promise.resolve(one.commands.tryRewordings!({ ...id, component: 1 }, uri, offset)),
        /was audited anew/,
      );
    } finally {
      one.dispose();
      await vscode.workspace.fs.delete(uri);
    }
  }));
