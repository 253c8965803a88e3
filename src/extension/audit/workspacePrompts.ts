import * as vscode from 'vscode';
import { ClipsightError, hasCode } from '../../shared/errors';
import type { CallOptions } from '../../shared/rpc/protocol';
import type { PlacedPrompt } from './auditPlan';
import { mayHavePrompts, promptsOfUnit, type UnitServices } from './units';

/** Files of the languages that prompts are looked for in (docs/prompts.md). */
const files =
  '**/*.{py,pyi,ts,mts,cts,tsx,js,mjs,cjs,jsx,json,jsonc,jsonl,yaml,yml,toml,csv,tsv,md,txt,ipynb}';
/** What others wrote, what programs wrote, and what Clipsight keeps itself. */
const leftOut =
  '**/{node_modules,bower_components,site-packages,.git,.venv,venv,__pycache__,.mypy_cache,.clipsight,dist,build,out}/**';
const mostFiles = 20_000;

export interface WorkspacePrompts {
  readonly prompts: readonly PlacedPrompt[];
  /** What a person should know of what was left out, in sentences. */
  readonly notes: readonly string[];
}

/**
 * The prompts in all files of the workspace. Notebooks are opened only where they have any.
 *
 * @throws ClipsightError 'cancelled'
 */
export async function workspacePrompts(
  services: UnitServices,
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
      const isNotebook = uri.path.toLowerCase().endsWith('.ipynb');
      if (isNotebook && !(await mayHavePrompts(uri, services))) continue;
      prompts.push(...(await promptsOfUnit(uri, services)));
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
