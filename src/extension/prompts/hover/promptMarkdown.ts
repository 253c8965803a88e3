import { l10n } from 'vscode';
import type { Direction } from '../../../shared/direction';
import { type ErrorInfo, errorLine } from '../../../shared/errors';
import { percent, points } from '../../../shared/points';
import { escapeMarkdown } from '../../models/markdown';
import { speaksFor } from '../strongestComponents';
import type { Part, PinnedImage, PromptContent, ShownScore } from './hoverContent';
import { type HoverText, HoverWriter, imageMarkdown, pictureMarkdown, quoted } from './hoverWriter';
import { hoverCommands } from './linkedCommands';
import { matchesPicture } from './matchesPicture';
import type { PictureTheme } from './pictureTheme';
import { componentsPicture } from './promptPicture';
import { graphemes, isolated, shortened, shownText } from './shownText';
import { encodedArgument } from './svg';
import { withinRoom } from './thumbnailBudget';
import { wordsPicture } from './wordsPicture';

/** Longer prompts are cut: the file shows them. */
const longestPrompt = 240;
const mostThumbnails = 4;
const pinnedSize = 26;
/** Prompts that a panel is opened with, and images: one row of its table each. */
const mostInLink = 20;
const warning = '\u26a0\ufe0e';

/** Characters of a hover: VS Code cuts at 100 000, and a smaller one is there sooner. */
export const longestHover = 56_000;
/** Characters of a link: of all its arguments beside the first, of the first prompt, of an image. */
const [longestArguments, longestPromptArgument, longestUri] = [5000, 18_100, 2000];

/** The Markdown of a hover over a prompt. */
export function promptMarkdown(content: PromptContent, theme: PictureTheme): HoverText {
  const bare = written(withinRoom(content, 0), theme).markdown.length;
  return written(withinRoom(content, longestHover - bare), theme);
}

function written(shown: PromptContent, theme: PictureTheme): HoverText {
  const writer = new HoverWriter();
  // A hard break takes less room than a paragraph.
  writer.paragraph(`**${heading(shown)}**\\\n${scoreLine(writer, shown)}`);
  writeReadings(writer, shown.score);
  writer.paragraph(...drawnReasons(shown, theme));
  writeWords(writer, shown, theme);
  writeState(writer, shown);
  writeLinks(writer, shown);
  return writer.text;
}

/** What was scored. */
function heading({ prompt, direction }: PromptContent): string {
  if (direction === null) return quoted(shortened(prompt.text, longestPrompt));
  switch (direction.kind) {
    case 'prompt':
      return quoted(shortened(direction.text, longestPrompt));
    case 'ensemble': {
      const [first = ''] = direction.texts;
      const mean = l10n.t('mean over {0} templates:', direction.texts.length);
      return `${escapeMarkdown(mean)} ${quoted(shortened(first, longestPrompt))} …`;
    }
    case 'versus':
    case 'image':
    case 'linear':
      return quoted(shortened(prompt.text, longestPrompt));
  }
}

function scoreLine(writer: HoverWriter, content: PromptContent): string {
  const { prompt, direction, images, score } = content;
  if (direction === null) {
    return prompt.kind === 'template'
      ? l10n.t('A template: it is scored with the class that fits best, once classes are known.')
      : l10n.t('It cannot be scored.');
  }
  if (images.length === 0) {
    const choose = writer.link(l10n.t('Choose image…'), { command: hoverCommands.choosePinned });
    return `${l10n.t('No image is pinned to score it against.')} ${choose}`;
  }
  const pictures = images.slice(0, mostThumbnails).map((image) => pinnedPicture(writer, image));
  const number =
    score.kind === 'known'
      ? `**${escapeMarkdown(l10n.t('{0} points', points(score.value.similarity)))}**${confidence(content, score.value)} · `
      : '';
  return [...pictures, `${number}${onImages(writer, images, score)}`].filter((text) => text !== '').join(' ');
}

function confidence({ group }: PromptContent, { confidence: share, confidenceKind }: ShownScore): string {
  if (share === null) return '';
  if (confidenceKind === 'probability') {
    return ` · ${escapeMarkdown(l10n.t('probability {0}', percent(share)))}`;
  }
  // Alone it has all of it, whatever its score.
  if (group.prompts < 2) return '';
  const name = isolated(`*${escapeMarkdown(shortened(shownText(group.id), 60))}*`);
  return ` · ${escapeMarkdown(l10n.t('{0} among the {1} prompts of', percent(share), group.prompts))} ${name}`;
}

function pinnedPicture(writer: HoverWriter, { uri, name, thumbnail }: PinnedImage): string {
  if (thumbnail === null) return '';
  const picture = imageMarkdown(thumbnail, pinnedSize, pinnedSize, shownName(name));
  if (!isLinkable(uri)) return picture;
  return writer.linked(picture, { command: hoverCommands.openImage, argument: { uri } }, shownName(name));
}

function isLinkable(uri: string): boolean {
  return encodedArgument(uri).length <= longestUri;
}

/** A path, of which the end says most; no line ends after the dots. */
function shownName(name: string): string {
  const text = shownText(name);
  // What is before is not looked at: telling characters apart takes long in what is none.
  const end = text.slice(-44 * 16);
  const shown = graphemes(end);
  return shown.length <= 44 && end === text ? shown.join('') : `…\u2060${shown.slice(-43).join('')}`;
}

function onImages(writer: HoverWriter, images: readonly PinnedImage[], score: Part<ShownScore>): string {
  const [first] = images;
  if (images.length === 1 && first !== undefined) {
    const name = isolated(shownName(first.name));
    const target = { command: hoverCommands.openImage, argument: { uri: first.uri } };
    return `${escapeMarkdown(l10n.t('on'))} ${isLinkable(first.uri) ? writer.link(name, target) : escapeMarkdown(name)}`;
  }
  const scored = score.kind === 'known' ? score.value.scored : null;
  return escapeMarkdown(
    scored === null || scored === images.length
      ? l10n.t('mean over {0} pinned images', images.length)
      : l10n.t('mean over {0} of {1} pinned images, the others could not be read', scored, images.length),
  );
}

/** That a prompt was cut, or holds what the model does not know, makes its score that of another text. */
function writeReadings(writer: HoverWriter, score: Part<ShownScore>): void {
  if (score.kind !== 'known') return;
  for (const reading of score.value.readings.slice(0, 3)) {
    writer.paragraph(`${warning} **${escapeMarkdown(shortened(shownText(reading), 300))}**`);
  }
}

/** Beside each other where there is room: the components, and the images of the library. */
function drawnReasons({ components, matches }: PromptContent, theme: PictureTheme): string[] {
  const rows = components.kind === 'known' ? components.value : [];
  const { best, worst } = matches.kind === 'known' ? matches.value : { best: [], worst: [] };
  const hasMatches = best.length + worst.length > 0;
  // Pictures on one line stand on their lower edges: those of one height begin beside each other, too.
  const least = hasMatches ? matchesPicture(best, worst, theme).height : 0;
  const bars = rows.length === 0 ? null : componentsPicture(rows, theme, least);
  return [
    ...(bars === null ? [] : [pictureMarkdown(bars)]),
    ...(hasMatches ? [pictureMarkdown(matchesPicture(best, worst, theme, bars?.height))] : []),
  ];
}

function writeWords(writer: HoverWriter, { words, images, score }: PromptContent, theme: PictureTheme): void {
  if (words.kind !== 'known' || words.value.words.length === 0) return;
  const { words: each, images: count } = words.value;
  const [first] = images;
  // The words' numbers are of other images than the score: that has to be said.
  const scored = (score.kind === 'known' ? score.value.scored : null) ?? images.length;
  if (count < scored && first !== undefined) {
    const of =
      count === 1
        ? l10n.t('Words, on {0} alone:', shownName(first.name))
        : l10n.t('Words, mean over the first {0} images:', count);
    writer.paragraph(escapeMarkdown(of));
  }
  writer.paragraph(pictureMarkdown(wordsPicture(each, theme)));
}

/** What is not there yet, and what went wrong: a line each. */
function writeState(writer: HoverWriter, content: PromptContent): void {
  const parts: readonly (readonly [string, Part<unknown>])[] = [
    [l10n.t('score'), content.score],
    [l10n.t('components'), content.components],
    [l10n.t('matching images'), content.matches],
    [l10n.t('words'), content.words],
  ];
  const pending = parts.flatMap(([name, { kind }]) => (kind === 'pending' ? [name] : []));
  if (pending.length > 0) {
    writer.paragraph(`*${escapeMarkdown(l10n.t('Computing {0}… Point at it again.', pending.join(', ')))}*`);
  }
  const error = firstError(parts.map(([, part]) => part));
  if (error === null) return;
  writer.paragraph(
    escapeMarkdown(shortened(shownText(errorLine(error)), 400)),
    writer.link(l10n.t('Show logs'), { command: hoverCommands.showLogs }),
  );
}

function firstError(parts: readonly Part<unknown>[]): ErrorInfo | null {
  const failed = parts.find((part) => part.kind === 'failed');
  return failed?.error ?? null;
}

function writeLinks(writer: HoverWriter, content: PromptContent): void {
  const { direction, images, group, uri, components } = content;
  const links: string[] = [];
  const texts = panelPrompts(direction);
  const prompts = first(texts, longestArguments, longestPromptArgument);
  const shown = first(imageUris(images), longestArguments, longestUri);
  if (shown.length > 0 && prompts.length > 0) {
    const label =
      texts.length === 1
        ? l10n.t('Open panel')
        : prompts.length === texts.length
          ? l10n.t('Open panel with {0} prompts', prompts.length)
          : l10n.t('Open panel with {0} of {1} prompts', prompts.length, texts.length);
    const argument = { images: shown, prompts };
    const tooltip =
      shown.length === images.length
        ? undefined
        : shown.length === 1
          ? l10n.t('With the first image')
          : l10n.t('With the first {0} images', shown.length);
    links.push(writer.link(label, { command: hoverCommands.openAttribution, argument }, tooltip));
  }
  const [largest] = components.kind === 'known' ? components.value : [];
  // The one that the hint names, too.
  const strongest = components.kind === 'known' ? (components.value.find(speaksFor) ?? largest) : undefined;
  if (strongest !== undefined) {
    const { label, component } = strongest;
    const name = isolated(label === null ? l10n.t('latent {0}', component) : shortened(shownText(label), 40));
    const target = { command: hoverCommands.openComponent, argument: { component } };
    links.push(writer.link(l10n.t('Inspect {0}', name), target));
  }
  if (group.prompts > 1 && encodedArgument(uri + group.id).length < longestArguments) {
    const argument = { uri, group: group.id };
    links.push(
      writer.link(l10n.t('Compare {0} prompts', group.prompts), {
        command: hoverCommands.comparePrompts,
        argument,
      }),
    );
  }
  if (images.length > 0) {
    links.push(writer.link(l10n.t('Choose image…'), { command: hoverCommands.choosePinned }));
  }
  writer.paragraph(links.join(' · '));
}

function imageUris(images: readonly PinnedImage[]): readonly string[] {
  return images.map(({ uri }) => uri);
}

/** What a panel is opened with: it takes texts. */
function panelPrompts(direction: Direction | null): readonly string[] {
  switch (direction?.kind) {
    case 'prompt':
      return [direction.text];
    case 'ensemble':
      return direction.texts;
    case 'versus':
    case 'image':
    case 'linear':
    case undefined:
      return [];
  }
}

/** The first texts, as many as fit into so many characters of a link, the very first into some of its own. */
function first(texts: readonly string[], room: number, roomForFirst: number): readonly string[] {
  let left = room;
  const end = texts.findIndex((text, i) => {
    const length = encodedArgument(text).length + 3;
    if (i === 0) return length > roomForFirst;
    left -= length;
    return left < 0 || i >= mostInLink;
  });
  return end === -1 ? texts : texts.slice(0, end);
}
