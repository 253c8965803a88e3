import * as vscode from 'vscode';
import type { Direction } from '../../../shared/direction';
import type { FoundPrompt } from '../../../shared/foundPrompts';
import type { StudyReader } from '../../engine/studyRequests';
import { imageLabel } from '../../images/imageSource';
import type { FoundDocuments, FoundIn, PinnedSet, PromptScore, PromptScores } from '../editorPrompts';
import { groupSize } from '../groupSize';
import type { PinnedSource } from '../pinnedImages';
import { currentThemeKind, hoverOf } from './hover';
import type { Part, PinnedImage, PromptContent, ShownScore } from './hoverContent';
import { pictureTheme } from './pictureTheme';
import { promptMarkdown } from './promptMarkdown';
import type { AskedPrompt, PromptReasons } from './promptReasons';
import { type Watched, watched, within } from './watched';

/** VS Code lets a provider answer once: what is not there after so many milliseconds is left for the next time. */
const patience = 1500;
/** Of pinned images, so many are shown. */
const mostPictures = 4;

export interface PromptHoverServices {
  readonly documents: Pick<FoundDocuments, 'known' | 'find'>;
  readonly scores: Pick<PromptScores, 'of' | 'direction'>;
  readonly pinned: Pick<PinnedSet, 'images'> & { sources(): Promise<readonly PinnedSource[]> };
  readonly readStudy: StudyReader;
  readonly reasons: PromptReasons;
}

/** Over a prompt: what the pinned images make of it, and why. */
export class PromptHover implements vscode.HoverProvider {
  constructor(private readonly services: PromptHoverServices) {}

  async provideHover(
    document: vscode.TextDocument,
    position: vscode.Position,
    token: vscode.CancellationToken,
  ): Promise<vscode.Hover | null> {
    const found = await this.find(document);
    const prompt = found === null ? undefined : promptAt(found, document.offsetAt(position));
    if (found === null || prompt === undefined || token.isCancellationRequested) return null;
    const leaving = new AbortController();
    const listener = token.onCancellationRequested(() => leaving.abort());
    try {
      const content = await this.content(found, prompt, leaving.signal);
      // Nobody looks any longer, or the prompt was typed in meanwhile: it says something else now.
      if (token.isCancellationRequested || document.version !== found.version) return null;
      const range = new vscode.Range(document.positionAt(prompt.start), document.positionAt(prompt.end));
      return hoverOf(promptMarkdown(content, pictureTheme(currentThemeKind())), range);
    } finally {
      listener.dispose();
    }
  }

  /** What this version has; null where that takes too long, or prompts are not looked for. */
  private async find(document: vscode.TextDocument): Promise<FoundIn | null> {
    const known = this.services.documents.known(document);
    if (known?.version === document.version) return known;
    const finding = this.services.documents.find(document).catch(() => null);
    await within(patience, [finding]);
    const found = this.services.documents.known(document);
    return found?.version === document.version ? found : null;
  }

  private async content(found: FoundIn, prompt: FoundPrompt, signal: AbortSignal): Promise<PromptContent> {
    const { scores, pinned, reasons } = this.services;
    const score = scores.of(found, prompt);
    const direction = score?.direction ?? scores.direction(found, prompt);
    const { images } = pinned;
    const nothing: Watched<never> = { ended: Promise.resolve(), now: () => ({ kind: 'none' }) };
    const asked = direction === null || images.length === 0 ? null : this.asked(direction);
    const why = asked?.then((it) => reasons.of(it, score?.similarity ?? null, signal)) ?? null;
    const parts = {
      score: why === null ? nothing : watched(why.then((it) => it.score)),
      bare: why === null ? nothing : watched(why.then((it) => it.components.map(undescribed))),
      components:
        asked === null || why === null
          ? nothing
          : watched(Promise.all([asked, why]).then(([it, of]) => reasons.described(it, of, signal))),
      words: asked === null ? nothing : watched(asked.then((it) => reasons.words(it, signal))),
      matches: direction === null ? nothing : watched(reasons.matched({ direction }, signal)),
      pictures: asked === null ? nothing : watched(asked.then((it) => this.pictures(it, signal))),
    };
    await within(
      patience,
      Object.values(parts).map(({ ended }) => ended),
    );
    const [described, bare, pictures] = [parts.components.now(), parts.bare.now(), parts.pictures.now()];
    return {
      prompt: { text: prompt.text, kind: prompt.kind },
      group: { id: prompt.group, prompts: groupSize(found, prompt.group) },
      uri: found.document.uri.toString(),
      direction,
      images: images.map((uri, i): PinnedImage => {
        const thumbnail = pictures.kind === 'known' ? (pictures.value[i] ?? null) : null;
        return { uri: uri.toString(), name: imageLabel(uri), thumbnail };
      }),
      score: shownScore(score, parts.score.now()),
      // Bars say most of it where their names take longer, or the library cannot be read.
      components: described.kind === 'known' ? described : bare,
      words: parts.words.now(),
      matches: parts.matches.now(),
    };
  }

  private async asked(direction: Direction): Promise<AskedPrompt> {
    const [study, images] = await Promise.all([this.services.readStudy(), this.services.pinned.sources()]);
    return { study, images, direction };
  }

  /** Null for those of which there is none: that an image cannot be read is said by its score. */
  private pictures({ images }: AskedPrompt, signal: AbortSignal): Promise<readonly (string | null)[]> {
    return Promise.all(
      images
        .slice(0, mostPictures)
        .map((image) => this.services.reasons.pinnedPicture(image, signal).catch(() => null)),
    );
  }
}

/** The innermost prompt at an offset. */
export function promptAt({ found, edited }: FoundIn, offset: number): FoundPrompt | undefined {
  return found.prompts
    .filter((prompt) => prompt.start <= offset && offset <= prompt.end && !edited.has(prompt))
    .sort((a, b) => a.end - a.start - (b.end - b.start))[0];
}

/** The editor's own score goes first: it is the one beside the prompt, and knows the group. */
function shownScore(known: PromptScore | null, part: Part<ShownScore>): Part<ShownScore> {
  if (known === null) return part;
  const computed = part.kind === 'known' ? part.value : null;
  const { similarity, scored, confidence, confidenceKind } = known;
  return {
    kind: 'known',
    value: {
      similarity,
      confidence,
      confidenceKind,
      scored,
      readings: [...new Set([...known.readings, ...(computed?.readings ?? [])])],
    },
  };
}

function undescribed(component: { component: number; attribution: number; share: number }) {
  return { ...component, label: null, isPoor: null, thumbnails: [] };
}
