import type { Comparison, Matches } from '../../../shared/comparison';
import { scoredImages } from '../../../shared/comparisonTable';
import { confidenceOf } from '../../../shared/confidence';
import type { Direction } from '../../../shared/direction';
import type { EngineProtocol, Preview } from '../../../shared/engineProtocol';
import { hasCode } from '../../../shared/errors';
import type { ComponentSummary } from '../../../shared/library';
import { poorlyDescribed } from '../../../shared/poorAlignment';
import type { Remote } from '../../../shared/rpc/protocol';
import type { StudyRequest } from '../../../shared/study';
import type { Words } from '../../../shared/words';
import type { ComponentSummaries } from '../../library/componentSummaries';
import type { WorkspaceLibrary } from '../../library/workspaceLibrary';
import { contentKey } from '../contentKey';
import { textOf } from '../directionText';
import type { PinnedSource } from '../pinnedImages';
import { mostRanked, shownComponents, speaksFor } from '../strongestComponents';
import type { ShownMatches, ShownScore, ShownWords } from './hoverContent';
import { KeptAnswers } from './keptAnswers';
import type { DrawnComponent } from './promptPicture';

/** Of either sign. */
const mostComponents = 5;
const mostSamples = 3;
const mostMatches = 4;
/** Words are weighed image by image, each a run of the text tower's gradients. */
const mostWordImages = 4;
/** The longer side of thumbnails in pixels: of samples, of matches, of pinned images. */
const [sampleSize, matchSize, pinnedSize] = [40, 48, 64];

export interface ReasonServices {
  readonly engine: () => Remote<EngineProtocol>;
  readonly library: Pick<WorkspaceLibrary, 'status' | 'request' | 'thumbnail' | 'exists'>;
  readonly summaries: Pick<ComponentSummaries, 'of'>;
  /** A path, for people. */
  readonly label: (path: string) => string;
}

/** By component, as far as it is known. */
type PoorMarks = ReadonlyMap<number, boolean>;

/** A prompt, and the images it is scored against. */
export interface AskedPrompt {
  readonly study: StudyRequest;
  readonly images: readonly PinnedSource[];
  readonly direction: Direction;
}

/** A score with the components that made it, which nothing is said of yet. */
export interface Reasons {
  /** AnalysisKey. */
  readonly study: string;
  readonly score: ShownScore;
  readonly components: readonly {
    readonly component: number;
    readonly attribution: number;
    readonly share: number;
  }[];
}

/** Why prompts score as they do, asked of the engine once each. */
export class PromptReasons {
  private readonly reasons = new KeptAnswers<Reasons>(200);
  private readonly weighed = new KeptAnswers<ShownWords>(100);
  private readonly pinned = new KeptAnswers<string>(50);
  /** What rests on the library. */
  private marks = new KeptAnswers<PoorMarks>(100);
  private matches = new KeptAnswers<ShownMatches>(100);
  private readonly pictures = new KeptAnswers<string>(500);

  constructor(private readonly services: ReasonServices) {}

  /** The library holds other images, or was read by another model or judge. */
  forgetLibrary(): void {
    this.marks = new KeptAnswers(100);
    this.matches = new KeptAnswers(100);
  }

  /**
   * @param known similarity that is shown elsewhere now: what was remembered must say the same, else a model or an image
   *   has changed on disk
   */
  async of(asked: AskedPrompt, known: number | null, signal: AbortSignal): Promise<Reasons> {
    const key = keyOf(asked);
    const reasons = await this.reasons.of(key, signal, (own) => this.compare(asked, own));
    if (known === null || Math.abs(reasons.score.similarity - known) < 1e-4) return reasons;
    this.reasons.drop(key);
    this.weighed.drop(key);
    return this.reasons.of(key, signal, (own) => this.compare(asked, own));
  }

  /** The components with what the library says of them; as they are where there is none. */
  async described(
    { direction }: AskedPrompt,
    { study, components }: Reasons,
    signal: AbortSignal,
  ): Promise<readonly DrawnComponent[]> {
    const found = await this.services.summaries.of(
      components.map(({ component }) => component),
      study,
      signal,
    );
    const summaries = new Map(found?.known.map((summary) => [summary.component, summary]));
    const poor = found === null ? new Map() : await this.poor(components, textOf(direction), study, signal);
    return Promise.all(
      components.map(async (one) => {
        const summary = summaries.get(one.component);
        return {
          ...one,
          label: summary === undefined ? null : nameOf(summary),
          isPoor: poor.get(one.component) ?? null,
          thumbnails: await this.samples(summary, signal),
        };
      }),
    );
  }

  /** Those of the library that match best and worst; null where there is no library of the study. */
  async matched(asked: Pick<AskedPrompt, 'direction'>, signal: AbortSignal): Promise<ShownMatches | null> {
    const { library, engine } = this.services;
    const status = library.exists ? await library.status() : null;
    if (status === null || status.images === 0) return null;
    const { direction } = asked;
    return this.matches.of(contentKey([status.study.key, direction]), signal, async (own) => {
      const request = { ...(await library.request()), directions: [direction], most: mostMatches };
      return this.shownMatches(await engine().matchImages(request, { signal: own }), own);
    });
  }

  /** Only of what is one text: an ensemble is none. Null then. */
  async words(asked: AskedPrompt, signal: AbortSignal): Promise<ShownWords | null> {
    const { study, direction } = asked;
    if (direction.kind !== 'prompt') return null;
    const { text } = direction;
    const images = asked.images.length <= mostWordImages ? asked.images : asked.images.slice(0, 1);
    return this.weighed.of(keyOf(asked), signal, async (own) => {
      const all: Words[] = [];
      for (const { image } of images) {
        try {
          const request = { study, image, text, components: [] };
          all.push(await this.services.engine().attributeWords(request, { signal: own }));
        } catch (thrown) {
          // The score is the mean over the images that can be read, and says so.
          if (!hasCode(thrown, 'image') || images.length === 1) throw thrown;
        }
      }
      return meanWords(all);
    });
  }

  /** A thumbnail of a pinned image, as a data URI. */
  pinnedPicture({ image, key }: PinnedSource, signal: AbortSignal): Promise<string> {
    return this.pinned.of(key, signal, async (own) =>
      dataUri(await this.services.engine().preview({ image, size: pinnedSize }, { signal: own })),
    );
  }

  private async compare({ study, images, direction }: AskedPrompt, signal: AbortSignal): Promise<Reasons> {
    const comparison = await this.services
      .engine()
      .compare(
        { study, images: images.map(({ image }) => image), directions: [direction], most: mostRanked },
        { signal },
      );
    return reasonsOf(comparison);
  }

  /** Whether the text describes each component that speaks for it poorly; the numbers do not depend on it. */
  private poor(
    components: Reasons['components'],
    text: string,
    study: string,
    signal: AbortSignal,
  ): Promise<PoorMarks> {
    const pairs = components.filter(speaksFor).map(({ component }) => ({ component, text }));
    if (text.trim() === '' || pairs.length === 0) return Promise.resolve(new Map());
    return this.marks.of(contentKey([study, pairs]), signal, async (own) => {
      const { library, engine } = this.services;
      const answer = await engine().alignPairs({ ...(await library.request()), pairs }, { signal: own });
      if (answer.grounds.key !== study) return new Map();
      return new Map(
        answer.pairs.flatMap((pair, i) =>
          pair === null ? [] : [[pairs[i]!.component, poorlyDescribed(pair)] as const],
        ),
      );
    });
  }

  private samples(summary: ComponentSummary | undefined, signal: AbortSignal): Promise<readonly string[]> {
    const hashes = (summary?.samples ?? []).slice(0, mostSamples).map(({ sha256 }) => sha256);
    return this.thumbnails(hashes, sampleSize, signal);
  }

  private async shownMatches({ directions: [found] }: Matches, signal: AbortSignal): Promise<ShownMatches> {
    const shown = async (matches: Matches['directions'][number]['best'] = []) => {
      const pictures = await Promise.all(
        matches.map(({ sha256 }) => this.thumbnail(sha256, matchSize, signal)),
      );
      return matches.flatMap(({ path, similarity }, i) => {
        const thumbnail = pictures[i];
        return thumbnail === null || thumbnail === undefined
          ? []
          : [{ name: this.services.label(path), similarity, thumbnail }];
      });
    };
    return { best: await shown(found?.best), worst: await shown(found?.worst) };
  }

  private async thumbnails(
    hashes: readonly string[],
    size: number,
    signal: AbortSignal,
  ): Promise<readonly string[]> {
    const pictures = await Promise.all(hashes.map((sha256) => this.thumbnail(sha256, size, signal)));
    return pictures.filter((picture) => picture !== null);
  }

  /** Null where there is none any longer: its file went away. */
  private async thumbnail(sha256: string, size: number, signal: AbortSignal): Promise<string | null> {
    try {
      return await this.pictures.of(`${sha256} ${size}`, signal, async (own) =>
        dataUri(await this.services.library.thumbnail(sha256, size, own)),
      );
    } catch (thrown) {
      if (signal.aborted) throw thrown;
      return null;
    }
  }
}

/** What a comparison of one direction says. */
export function reasonsOf(comparison: Comparison): Reasons {
  const { study, similarities, readings, failures } = comparison;
  const scored = scoredImages(failures);
  return {
    study: study.key,
    score: {
      similarity: similarities.reduce((a, b) => a + b, 0) / scored,
      confidence: null,
      confidenceKind: confidenceOf(study.model),
      scored,
      readings: readings[0] ?? [],
    },
    components: shownComponents(comparison, 0, mostComponents),
  };
}

/** Of the same text on several images: the mean of what the score loses without each word. */
export function meanWords(all: readonly Pick<Words, 'words'>[]): ShownWords {
  const [first] = all;
  const words = (first?.words ?? []).map(({ text }, word) => ({
    text,
    leaveOneOut: all.reduce((sum, { words }) => sum + words[word]!.leaveOneOut, 0) / all.length,
  }));
  return { words, images: all.length };
}

function nameOf({ annotation, labels }: ComponentSummary): string | null {
  return annotation.name ?? labels[0]?.text ?? null;
}

function keyOf({ study, images, direction }: AskedPrompt): string {
  // Which pictures a dictionary is tested on changes no number.
  const { samples: _, ...decisive } = study;
  return contentKey([decisive, images.map(({ key }) => key), direction]);
}

function dataUri({ bytes, mime }: Preview): string {
  return `data:${mime};base64,${Buffer.from(bytes).toString('base64')}`;
}
