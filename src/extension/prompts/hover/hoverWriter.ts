import { escapeMarkdown } from '../../models/markdown';
import { isolated, shortened, shownText } from './shownText';
import { encodedArgument, type Picture, svgUri } from './svg';

/** Of a picture's alternative text, in characters. */
const longestAlternative = 900;

/** A command with what it is called with: data, because a link can hold nothing else. */
export interface LinkedCommand {
  readonly command: string;
  readonly argument?: unknown;
}

/** What a hover shows, and the commands that it links to: only these may be trusted. */
export interface HoverText {
  readonly markdown: string;
  readonly commands: readonly string[];
}

/** Markdown's parts, by those who write them: the commands linked are remembered. */
export class HoverWriter {
  private readonly commands = new Set<string>();
  private readonly paragraphs: string[] = [];

  /** @param tooltip said where the pointer rests on the link */
  link(label: string, target: LinkedCommand, tooltip?: string): string {
    return this.wrap(escapeMarkdown(label), target, tooltip);
  }

  /** Markdown of ours that is a link. */
  linked(markdown: string, target: LinkedCommand, tooltip: string): string {
    return this.wrap(markdown, target, tooltip);
  }

  paragraph(...parts: readonly string[]): void {
    const text = parts.filter((part) => part !== '').join(' ');
    if (text !== '') this.paragraphs.push(text);
  }

  get text(): HoverText {
    return { markdown: this.paragraphs.join('\n\n'), commands: [...this.commands] };
  }

  private wrap(content: string, { command, argument }: LinkedCommand, tooltip?: string): string {
    this.commands.add(command);
    const query = argument === undefined ? '' : `?${encodedArgument([argument])}`;
    const title = tooltip === undefined ? '' : ` "${entities(tooltip)}"`;
    return `[${content}](command:${command}${query}${title})`;
  }
}

export function pictureMarkdown({ svg, width, height, alt }: Picture): string {
  return imageMarkdown(svgUri(svg), width, height, alt);
}

/** VS Code takes the size from behind the address. */
export function imageMarkdown(uri: string, width: number, height: number, alt: string): string {
  return `![${entities(alt)}](${uri}|width=${width},height=${height})`;
}

/** A text of a file in quotes, as it is: nothing in it is markup, and its direction is its own. */
export function quoted(text: string): string {
  return isolated(`“${escapeMarkdown(shownText(text))}”`);
}

/**
 * For alternative texts and tooltips: VS Code shows backslashes there, but reads what stands for a character by its
 * number.
 */
function entities(text: string): string {
  return shortened(text, longestAlternative)
    .replace(/[\t\n\r]+/g, ' ')
    .replace(/[!-/:-@[-`{-~]/g, (character) => `&#${character.charCodeAt(0)};`);
}
