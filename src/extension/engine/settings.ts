import { homedir } from 'node:os';
import * as vscode from 'vscode';
import type { StudyRequest } from '../../shared/study';
import { expandPath, isRestricted, resolveStudy, type StudySettings } from './studySettings';

/** The settings that change what is computed. */
export function changesStudy(event: vscode.ConfigurationChangeEvent): boolean {
  return ['model', 'dictionary', 'layer', 'tokens'].some((name) =>
    event.affectsConfiguration(`clipsight.${name}`),
  );
}

/** The settings that take a new engine process. */
export function changesEngine(event: vscode.ConfigurationChangeEvent): boolean {
  return event.affectsConfiguration('clipsight.engine');
}

export interface EngineSettings {
  /** Program to run the engine with; null for the editor's own. */
  readonly node: string | null;
  /** Null for as many as the engine finds best. */
  readonly threads: number | null;
}

/** @throws ClipsightError 'configuration' */
export function readEngineSettings(): EngineSettings {
  const settings = vscode.workspace.getConfiguration('clipsight.engine');
  const node = settings.get('node', '').trim();
  return {
    node: node === '' ? null : expandPath('clipsight.engine.node', node, homedir()),
    threads: settings.get('threads', 0) || null,
  };
}

/** What the settings ask to study now. @throws ClipsightError 'configuration' */
export function readStudy(extension: vscode.Uri): StudyRequest {
  return resolveStudy(studySettings(), {
    bundledFolder: vscode.Uri.joinPath(extension, 'models').fsPath,
    home: homedir(),
    isTrusted: vscode.workspace.isTrusted,
  });
}

/** What a person should know about how the settings were read. */
export function studyNotes(): string[] {
  return isRestricted(studySettings(), vscode.workspace.isTrusted)
    ? [
        vscode.l10n.t(
          'This workspace is not trusted: the bundled model is used, not the one in the settings.',
        ),
      ]
    : [];
}

function studySettings(): StudySettings {
  const settings = vscode.workspace.getConfiguration('clipsight');
  return {
    model: settings.get('model', ''),
    dictionary: settings.get('dictionary', ''),
    layer: settings.get<number | null>('layer', null),
    tokens: settings.get<StudySettings['tokens']>('tokens', ''),
  };
}
