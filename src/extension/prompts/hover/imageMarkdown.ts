import { l10n } from 'vscode';
import { type ErrorInfo, errorLine } from '../../../shared/errors';
import { bytes, count } from '../../models/amounts';
import { escapeMarkdown } from '../../models/markdown';
import { type HoverText, HoverWriter, imageMarkdown } from './hoverWriter';
import { hoverCommands } from './linkedCommands';
import { isolated, shortened, shownText } from './shownText';

export interface ShownImage {
  readonly uri: string;
  /** Relative to the workspace, for people. */
  readonly name: string;
  /** Of the file, in bytes. */
  readonly size: number;
  readonly isPinned: boolean;
  /** Null while it is not known. */
  readonly picture: {
    /** Data URI. */
    readonly uri: string;
    /** Of the original, in pixels. */
    readonly width: number;
    readonly height: number;
  } | null;
  readonly error: ErrorInfo | null;
}

/** The longer side of the picture, in pixels; the hover has room for no more at once. */
const largest = 150;

/** The Markdown of a hover over the path of an image. */
export function imageHoverMarkdown(image: ShownImage): HoverText {
  const writer = new HoverWriter();
  const { picture, error, uri, isPinned } = image;
  const name = shortened(shownText(image.name), 120);
  const argument = { uri };
  if (picture !== null) {
    const { width, height } = picture;
    const scale = Math.min(1, largest / Math.max(width, height));
    const shown = [width, height].map((side) => Math.max(1, Math.round(side * scale)));
    const alt = l10n.t('{0}, {1} × {2} pixels', name, width, height);
    writer.paragraph(imageMarkdown(picture.uri, shown[0]!, shown[1]!, alt));
  }
  const facts = [
    ...(picture === null ? [] : [l10n.t('{0} × {1} pixels', count(picture.width), count(picture.height))]),
    bytes(image.size),
    ...(isPinned ? [l10n.t('pinned')] : []),
  ];
  writer.paragraph(`**${isolated(escapeMarkdown(name))}** · ${escapeMarkdown(facts.join(' · '))}`);
  if (error !== null) {
    writer.paragraph(
      escapeMarkdown(shortened(shownText(errorLine(error)), 400)),
      writer.link(l10n.t('Show logs'), { command: hoverCommands.showLogs }),
    );
  }
  const links = [
    ...(isPinned ? [] : [writer.link(l10n.t('Pin'), { command: hoverCommands.pinImage, argument })]),
    writer.link(l10n.t('Attribute…'), { command: hoverCommands.attributeImage, argument }),
    writer.link(l10n.t('Open'), { command: hoverCommands.openImage, argument }),
  ];
  writer.paragraph(links.join(' · '));
  return writer.text;
}
