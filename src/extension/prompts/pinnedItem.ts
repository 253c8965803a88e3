import { basename } from 'node:path';
import * as vscode from 'vscode';
import { type ErrorInfo, errorLine } from '../../shared/errors';
import { imageLabel } from '../images/imageSource';
import { escapeMarkdown } from '../models/markdown';

/** What the status bar says of the prompts in the editor. */
export interface PinnedStatus {
  readonly images: readonly vscode.Uri[];
  /** Whether there are prompts in the active editor. */
  readonly hasPrompts: boolean;
  /** Why prompts are not scored. */
  readonly failure: ErrorInfo | null;
  /** Why some of the images are not looked at. */
  readonly imageFailures: readonly ErrorInfo[];
  /** What else is to be known of the active editor's file, in sentences. */
  readonly notes: readonly string[];
}

/** Endings of what the editor itself can show. */
const shown = /\.(png|jpe?g|webp|gif)$/i;
/** Pictures in the tooltip. */
const most = 3;

/** The images that prompts are scored for, in the status bar; and the only place that says when that fails. */
export class PinnedItem implements vscode.Disposable {
  private readonly item = vscode.window.createStatusBarItem(
    'clipsight.pinned',
    vscode.StatusBarAlignment.Right,
    91,
  );

  constructor() {
    this.item.name = vscode.l10n.t('Pinned Image');
    this.item.command = 'clipsight.choosePinnedImage';
  }

  show(status: PinnedStatus): void {
    const { images, hasPrompts, failure } = status;
    if (images.length === 0 && !hasPrompts) {
      this.item.hide();
      return;
    }
    const name = images.length === 0 ? vscode.l10n.t('Pin an Image') : pinnedName(images);
    this.item.text = `$(${failure === null ? 'pinned' : 'warning'}) ${name}`;
    this.item.tooltip = tooltip(status);
    this.item.accessibilityInformation = { label: spoken(name, status) };
    this.item.show();
  }

  dispose(): void {
    this.item.dispose();
  }
}

function spoken(name: string, { images, failure }: PinnedStatus): string {
  if (images.length === 0) return vscode.l10n.t('Choose the image that prompts are scored for');
  return failure === null
    ? vscode.l10n.t('Prompts are scored for {0}', name)
    : vscode.l10n.t('Prompts are not scored for {0}: {1}', name, errorLine(failure));
}

/** `wolf_03.png`, or `3 images`. */
export function pinnedName(images: readonly vscode.Uri[]): string {
  const [image] = images;
  return image !== undefined && images.length === 1
    ? basename(image.path)
    : vscode.l10n.t('{0} images', images.length);
}

function tooltip({ images, failure, imageFailures, notes }: PinnedStatus): vscode.MarkdownString {
  const links = [
    link(vscode.l10n.t('Choose…'), 'clipsight.choosePinnedImage'),
    ...(images.length === 0 ? [] : [link(vscode.l10n.t('Unpin'), 'clipsight.unpinImages')]),
    ...(failure === null
      ? []
      : [
          link(vscode.l10n.t('Try again'), 'clipsight.retryPrompts'),
          link(vscode.l10n.t('Show Logs'), 'clipsight.showLogs'),
        ]),
  ];
  const pictures = images
    .slice(0, most)
    .filter(({ path }) => shown.test(path))
    .map((uri) => `![${escapeMarkdown(basename(uri.path))}](${address(uri)}|height=96)`);
  const markdown = new vscode.MarkdownString(
    [
      pictures.join(' '),
      images.length === 0
        ? vscode.l10n.t('Pin an image to see what CLIP makes of the prompts in this file.')
        : vscode.l10n.t(
            'Prompts are scored for {0}.',
            images.map((uri) => escapeMarkdown(imageLabel(uri))).join(', '),
          ),
      ...(failure === null
        ? []
        : [`$(warning) ${vscode.l10n.t('Not scored:')} ${escapeMarkdown(errorLine(failure))}`]),
      ...imageFailures.map((error) => `$(warning) ${escapeMarkdown(errorLine(error))}`),
      ...notes.map((note) => `$(info) ${escapeMarkdown(note)}`),
      links.join(' · '),
    ]
      .filter((part) => part !== '')
      .join('\n\n'),
    true,
  );
  markdown.isTrusted = { enabledCommands: tooltipCommands };
  return markdown;
}

const tooltipCommands = [
  'clipsight.choosePinnedImage',
  'clipsight.unpinImages',
  'clipsight.retryPrompts',
  'clipsight.showLogs',
];

function link(label: string, command: string): string {
  return `[${label}](command:${command})`;
}

/** Parentheses would end the link. */
function address(uri: vscode.Uri): string {
  return uri.toString().replace(/\(/g, '%28').replace(/\)/g, '%29');
}
