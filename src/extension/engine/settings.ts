import { homedir } from 'node:os';
import * as vscode from 'vscode';
import { DeviceSetting, Precision } from '../../shared/device';
import { ClipsightError } from '../../shared/errors';
import type { StudyRequest } from '../../shared/study';
import type { SourceKind } from '../models/reference';
import {
  expandPath,
  isRestricted,
  referencesInUse,
  resolveReference,
  resolveStudy,
  type StudyReferences,
  type StudySettings,
  type StudySurroundings,
} from './studySettings';

/** The settings that change what is computed. */
export function changesStudy(event: vscode.ConfigurationChangeEvent): boolean {
  return ['model', 'dictionary', 'layer', 'tokens'].some((name) =>
    event.affectsConfiguration(`clipsight.${name}`),
  );
}

/** The settings that take a new engine process. */
export function changesEngine(event: vscode.ConfigurationChangeEvent): boolean {
  return event.affectsConfiguration('clipsight.engine') || event.affectsConfiguration('http.proxy');
}

/**
 * VS Code's own proxy, for an engine that reads the environment: where the environment names one, that goes first, as
 * it does for the editor's other programs.
 */
export function proxyEnvironment(): Readonly<Record<string, string>> {
  const proxy = vscode.workspace.getConfiguration('http').get('proxy', '').trim();
  const known = ['HTTPS_PROXY', 'https_proxy', 'HTTP_PROXY', 'http_proxy', 'ALL_PROXY', 'all_proxy'];
  if (proxy === '' || known.some((name) => process.env[name])) return {};
  return { HTTPS_PROXY: proxy, HTTP_PROXY: proxy };
}

export interface EngineSettings {
  /** Program to run the engine with; null for the editor's own. */
  readonly node: string | null;
  /** Null for as many as the engine finds best. */
  readonly threads: number | null;
  readonly device: DeviceSetting;
  readonly precision: Precision;
}

/** @throws ClipsightError 'configuration' */
export function readEngineSettings(): EngineSettings {
  const settings = vscode.workspace.getConfiguration('clipsight.engine');
  const node = settings.get('node', '').trim();
  return {
    node: node === '' ? null : expandPath('clipsight.engine.node', node, homedir()),
    threads: settings.get('threads', 0) || null,
    device: oneOf('device', DeviceSetting, settings.get('device')),
    precision: oneOf('precision', Precision, settings.get('precision')),
  };
}

/** What is not set is the first: the default. @throws ClipsightError 'configuration' */
function oneOf<T extends string>(
  name: string,
  { options }: { readonly options: readonly T[] },
  value: unknown,
): T {
  if (value === undefined) return options[0]!;
  const found = options.find((option) => option === value);
  if (found !== undefined) return found;
  throw new ClipsightError(
    'configuration',
    `The setting clipsight.engine.${name} is “${value}”, which is none of ${options.join(', ')}.`,
    'Choose one of them.',
  );
}

/** What the settings ask to study now. @throws ClipsightError 'configuration' */
export function readStudy(extension: vscode.Uri): StudyRequest {
  return resolveStudy(studySettings(), surroundings(extension));
}

/** The model and the dictionary in use, as they are named in settings. */
export function readReferences(): StudyReferences {
  return referencesInUse(studySettings(), vscode.workspace.isTrusted);
}

/** Whether the setting is empty: what is in use then follows from the model. */
export function isDefault(kind: SourceKind): boolean {
  return studySettings()[kind].trim() === '';
}

/** A model or dictionary named as in settings, as the engine takes it. @throws ClipsightError 'configuration' */
export function resolveSource(extension: vscode.Uri, kind: SourceKind, reference: string): string {
  return resolveReference(kind, reference, surroundings(extension));
}

/** Chooses a model or dictionary; an empty one is the default. */
export async function writeReference(kind: SourceKind, reference: string): Promise<void> {
  const settings = vscode.workspace.getConfiguration('clipsight');
  await settings.update(kind, reference, vscode.ConfigurationTarget.Global);
}

/** Where the settings are read now. */
export function surroundings(extension: vscode.Uri): StudySurroundings {
  return {
    bundledFolder: vscode.Uri.joinPath(extension, 'models').fsPath,
    home: homedir(),
    isTrusted: vscode.workspace.isTrusted,
  };
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
