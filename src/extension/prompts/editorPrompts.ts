import type { Event, NotebookDocument, TextDocument, Uri } from 'vscode';
import type { Confidence } from '../../shared/confidence';
import type { Direction } from '../../shared/direction';
import type { FoundPrompt, FoundPrompts } from '../../shared/foundPrompts';

/** The images that prompts are scored against in the editor; by their mean where they are several. */
export interface PinnedSet {
  readonly images: readonly Uri[];
  readonly onChange: Event<void>;
  pin(images: readonly Uri[]): Promise<void>;
  unpin(): Promise<void>;
}

/** What was found in a document, at one of its versions. */
export interface FoundIn {
  readonly document: TextDocument;
  /** That was looked into. Where the document is newer, ranges were moved along with what was typed since. */
  readonly version: number;
  readonly found: FoundPrompts;
  /** Those of `found.prompts` that were typed in since: their text is the one before. */
  readonly edited: ReadonlySet<FoundPrompt>;
  /** What was found in all cells of the notebook it belongs to, itself included; only itself outside notebooks. */
  readonly all: readonly FoundPrompts[];
  /** `all` as it was found, with the ranges of then: the same objects until something new is found. */
  readonly original: readonly FoundPrompts[];
  /** The place of `found` among them. */
  readonly source: number;
  readonly notebook: NotebookDocument | null;
}

/** What is found in the documents that are open. */
export interface FoundDocuments {
  /**
   * What is known now, of this version or of one before, in ranges of now; null where nothing is, or nothing was looked
   * for yet.
   */
  known(document: TextDocument): FoundIn | null;
  /** What this version has, as soon as it is known; null where it is not looked into (language, size, ignored). */
  find(document: TextDocument): Promise<FoundIn | null>;
  /** Something new was found in a document. */
  readonly onFound: Event<TextDocument>;
}

/** The component that gives most to a prompt's score. */
export interface StrongestComponent {
  readonly component: number;
  /** Above 0, in units of y, mean over the pinned images. */
  readonly attribution: number;
  /** Of Σ|A|, 0 to 1. */
  readonly share: number;
  /** The person's name for it, else its label; null where the library says nothing. */
  readonly label: string | null;
  /** Whether the prompt describes it poorly (docs/method.md, *Beside prompts*); null where that is not known. */
  readonly isPoor: boolean | null;
}

/** What the pinned images make of a prompt. */
export interface PromptScore {
  /** What was given to the text encoder; of a template, filled with the class that scores best. */
  readonly direction: Direction;
  /** Mean over the pinned images that could be scored. */
  readonly similarity: number;
  /** How many of the pinned images that is the mean over: those that could be read. */
  readonly scored: number;
  /** Softmax share in its group (SigLIP: probability); mean over images; null until all of the group is scored. */
  readonly confidence: number | null;
  readonly confidenceKind: Confidence;
  /** Null until it is known, and where none raises the score. */
  readonly strongest: StrongestComponent | null;
  readonly readings: readonly string[];
}

/** The scores of prompts in open documents, for the pinned images and the study in use. */
export interface PromptScores {
  /** Null while it is not known. */
  of(found: FoundIn, prompt: FoundPrompt): PromptScore | null;
  /** The prompt as a direction; null where it cannot be scored (a template without classes). */
  direction(found: FoundIn, prompt: FoundPrompt): Direction | null;
  /** A document has other scores. */
  readonly onScored: Event<TextDocument>;
}
