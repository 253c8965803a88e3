import * as vscode from 'vscode';
import { defaultClassTemplate } from '../../shared/classFolders';
import { readReferences, surroundings } from '../engine/settings';
import { resolveJudge } from './judge';

/** The judge that the settings name, as the engine takes it. @throws ClipsightError 'configuration' */
export function readJudge(extension: vscode.Uri): string | null {
  return resolveJudge(judgeSetting(), readReferences().model, surroundings(extension));
}

/** As it is written; empty for the automatic choice. */
export function judgeSetting(): string {
  return vscode.workspace.getConfiguration('clipsight').get('judge', '');
}

export async function writeJudge(judge: string): Promise<void> {
  const settings = vscode.workspace.getConfiguration('clipsight');
  await settings.update('judge', judge, vscode.ConfigurationTarget.Global);
}

export interface ContributionSettings {
  /** Most bytes of contribution vectors to keep. */
  readonly most: number;
}

/** Null where none are to be computed. */
export function readContributions(): ContributionSettings | null {
  const gigabytes = vscode.workspace
    .getConfiguration('clipsight.library')
    .get<number>('contributionsLimit', 10);
  return gigabytes > 0 ? { most: Math.round(gigabytes * 1e9) } : null;
}

export function isWatching(): boolean {
  return vscode.workspace.getConfiguration('clipsight.library').get('watch', true);
}

export interface ConceptSettings {
  /** Globs of files with concepts. */
  readonly files: readonly string[];
  readonly nouns: boolean;
}

export function readConcepts(): ConceptSettings {
  const settings = vscode.workspace.getConfiguration('clipsight.concepts');
  return { files: settings.get<string[]>('files', []), nouns: settings.get('nouns', true) };
}

/** The prompt that a class folder stands for, with {} for its name, as it is written. */
export function readClassTemplate(): string {
  return vscode.workspace.getConfiguration('clipsight').get('classTemplate', defaultClassTemplate);
}
