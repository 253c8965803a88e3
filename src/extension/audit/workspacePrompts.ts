import * as vscode from 'vscode';
import { ClipsightError, hasCode } from '../../shared/errors';
import type { FinderProtocol } from '../../shared/finderProtocol';
import type { CallOptions, Remote } from '../../shared/rpc/protocol';
import type { FoundDocuments } from '../prompts/editorPrompts';
import { readPromptSettings } from '../prompts/promptSettings';
import type { PlacedPrompt } from './auditPlan';
import { openUnit, promptsOfUnit } from './units';

/** Files of the languages that prompts are looked for in (docs/prompts.md). */
const files =
  '**/*.{py,pyi,ts,mts,cts,tsx,js,mjs,cjs,jsx,json,jsonc,jsonl,yaml,yml,toml,csv,tsv,md,txt,ipynb}';
/** What others wrote, what programs wrote, and what Clipsight keeps itself. */
const leftOut =
  '**/{node_modules,bower_components,site-packages,.git,.venv,venv,__pycache__,.mypy_cache,.clipsight,dist,build,out}/**';
const mostFiles = 20_000;
/** Larger files are left alone, as they are in the editor. */
const mostBytes = 5_000_000;

export interface WorkspacePrompts {
  readonly prompts: readonly PlacedPrompt[];
  /** What a person should know of what was left out, in sentences. */
  readonly notes: readonly string[];
}

/**
 * The prompts in all files of the workspace: the finder is given each file's text first, and only those with prompts
 * are opened, so that what is ignored, unsaved or in a notebook is read as the editor reads it.
 *
 * @throws ClipsightError 'cancelled'
 */
export async function workspacePrompts(
  finder: Remote<FinderProtocol>,
  documents: Pick<FoundDocuments, 'find'>,
  template: string,
  { signal, onProgress }: CallOptions,
): Promise<WorkspacePrompts> {
  const stage = vscode.l10n.t('Looking for prompts');
  onProgress?.({ stage, done: 0, total: 0 });
  const uris = await vscode.workspace.findFiles(files, leftOut, mostFiles);
  uris.sort((a, b) => (a.path < b.path ? -1 : 1));
  const prompts: PlacedPrompt[] = [];
  const failed: string[] = [];
  for (const [i, uri] of uris.entries()) {
    if (signal?.aborted) throw new ClipsightError('cancelled', vscode.l10n.t('The audit was cancelled.'));
    onProgress?.({ stage, done: i, total: uris.length });
    try {
      if (!(await hasPrompts(uri, finder, signal))) continue;
      const unit = await openUnit(uri);
      if (unit !== null) prompts.push(...(await promptsOfUnit(documents, unit, template)));
    } catch (thrown) {
      if (hasCode(thrown, 'cancelled') && signal?.aborted) throw thrown;
      failed.push(vscode.workspace.asRelativePath(uri));
    }
  }
  return {
    prompts,
    notes: [
      ...(uris.length < mostFiles
        ? []
        : [vscode.l10n.t('Prompts were looked for in the first {0} files only.', mostFiles)]),
      ...(failed.length === 0
        ? []
        : [vscode.l10n.t('No prompts could be looked for in {0}.', failed.slice(0, 10).join(', '))]),
    ],
  };
}

async function hasPrompts(
  uri: vscode.Uri,
  finder: Remote<FinderProtocol>,
  signal: AbortSignal | undefined,
): Promise<boolean> {
  const text = await textOf(uri);
  if (text === null) return false;
  const source = { path: vscode.workspace.asRelativePath(uri, false), text };
  const found = await finder.find({ sources: [source], options: readPromptSettings().finder }, { signal });
  return found.some(({ prompts }) => prompts.length > 0);
}

/** Null of what is too large. */
async function textOf(uri: vscode.Uri): Promise<string | null> {
  const open = vscode.workspace.textDocuments.find((document) => document.uri.toString() === uri.toString());
  if (open !== undefined) return open.getText();
  const { size } = await vscode.workspace.fs.stat(uri);
  if (size > mostBytes) return null;
  return new TextDecoder().decode(await vscode.workspace.fs.readFile(uri));
}
