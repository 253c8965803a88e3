import * as vscode from 'vscode';
import { toErrorInfo } from '../../shared/errors';
import { parsePromptFile } from '../../shared/promptFile';
import type { PromptSource } from './promptList';

/** More than anyone would look through in a list. */
const mostFiles = 50;

/** The prompts in the workspace's files named by `clipsight.prompts.files`, one source per file, by path. */
export async function findPromptFiles(token: vscode.CancellationToken): Promise<PromptSource[]> {
  return findPromptsIn(
    vscode.workspace.getConfiguration('clipsight.prompts').get<string[]>('files', []),
    token,
  );
}

/** The prompts in the workspace's files that one of the globs matches, one source per file, by path. */
export async function findPromptsIn(
  globs: readonly string[],
  token: vscode.CancellationToken,
): Promise<PromptSource[]> {
  const found = await Promise.all(
    globs.map((glob) => vscode.workspace.findFiles(glob, undefined, mostFiles, token)),
  );
  const files = new Map(found.flat().map((uri) => [uri.toString(), uri]));
  const sources = await Promise.all([...files.values()].map(readPromptFile));
  return sources.sort((a, b) => a.label.localeCompare(b.label));
}

async function readPromptFile(uri: vscode.Uri): Promise<PromptSource> {
  const source = { label: vscode.workspace.asRelativePath(uri), removable: false };
  try {
    const text = new TextDecoder().decode(await vscode.workspace.fs.readFile(uri));
    return { ...source, prompts: parsePromptFile(text) };
  } catch (thrown) {
    return { ...source, prompts: [], problem: toErrorInfo(thrown).message };
  }
}
