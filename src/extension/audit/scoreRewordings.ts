import { l10n } from 'vscode';
import type { Direction } from '../../shared/direction';
import type { EngineProtocol } from '../../shared/engineProtocol';
import { ClipsightError, hasCode } from '../../shared/errors';
import type { ImageSource } from '../../shared/image';
import type { CallOptions, Remote } from '../../shared/rpc/protocol';
import type { StudyRequest } from '../../shared/study';

/** What a wording of a prompt makes of the images of its subject. */
export interface WordingScore {
  /** Mean y over the images. */
  readonly similarity: number;
  /** Mean over the images of the component's share of what switching off costs, as the audit's (docs/audit.md). */
  readonly share: number;
  /** Share of the images that it scores higher than every other does; null where there are no others. */
  readonly accuracy: number | null;
}

export interface WordingQuestion {
  readonly study: StudyRequest;
  /** AnalysisKey of the audit that the component is of. */
  readonly key: string;
  readonly component: number;
  readonly images: readonly ImageSource[];
  readonly wordings: readonly Direction[];
  /** What images are told apart from. */
  readonly others: readonly Direction[];
}

export interface WordingScores {
  /** Images that could be read. */
  readonly images: number;
  /** One per wording. */
  readonly scores: readonly WordingScore[];
}

/** An image under each wording, by running the model without each of its components. */
type ImageScores = readonly { readonly similarity: number; readonly share: number }[];

/**
 * @throws ClipsightError as the engine does; 'image' where no image can be read, 'library' where the model or the
 * dictionary is another one by now
 */
export async function scoreWordings(
  engine: Pick<Remote<EngineProtocol>, 'measure' | 'compare'>,
  question: WordingQuestion,
  options: CallOptions,
): Promise<WordingScores> {
  const { study, key, images, wordings, others } = question;
  const rivals = await bestOfOthers(engine, study, key, images, others, options);
  const rows: { readonly scores: ImageScores; readonly rival: number | null }[] = [];
  for (const [i, image] of images.entries()) {
    options.onProgress?.({ stage: l10n.t('Switching components off'), done: i, total: images.length });
    const rival = rivals?.[i] ?? null;
    if (rivals !== null && rival === null) continue;
    const scores = await measured(engine, image, question, options);
    if (scores !== null) rows.push({ scores, rival });
  }
  if (rows.length === 0) {
    throw new ClipsightError(
      'image',
      'None of the images of the prompt can be read.',
      'Index the images again, and audit again.',
    );
  }
  const mean = (of: (row: (typeof rows)[number]) => number) =>
    rows.reduce((sum, row) => sum + of(row), 0) / rows.length;
  return {
    images: rows.length,
    scores: wordings.map((_, w) => ({
      similarity: mean(({ scores }) => scores[w]!.similarity),
      share: mean(({ scores }) => scores[w]!.share),
      accuracy:
        rivals === null
          ? null
          : mean(({ scores, rival }) => (rival !== null && scores[w]!.similarity > rival ? 1 : 0)),
    })),
  };
}

/** Null of an image that cannot be read. */
async function measured(
  engine: Pick<Remote<EngineProtocol>, 'measure'>,
  image: ImageSource,
  { study, key, component, wordings }: WordingQuestion,
  { signal }: CallOptions,
): Promise<ImageScores | null> {
  try {
    const found = await engine.measure(
      { study, image, directions: [...wordings], methods: ['ablation'] },
      { ...(signal && { signal }) },
    );
    demandStudy(found.study.key, key);
    const at = found.components.indexOf(component);
    return found.directions.map(({ similarity, values }) => {
      const [costs] = values;
      const sum = costs!.reduce((all, cost) => all + Math.max(0, cost), 0);
      const own = at === -1 ? 0 : Math.max(0, costs![at]!);
      return { similarity, share: sum > 0 ? own / sum : 0 };
    });
  } catch (thrown) {
    if (hasCode(thrown, 'image')) return null;
    throw thrown;
  }
}

/** Per image the largest y of the others, null where it could not be read; null without others. */
async function bestOfOthers(
  engine: Pick<Remote<EngineProtocol>, 'compare'>,
  study: StudyRequest,
  key: string,
  images: readonly ImageSource[],
  others: readonly Direction[],
  options: CallOptions,
): Promise<readonly (number | null)[] | null> {
  if (others.length === 0) return null;
  const compared = await engine.compare(
    { study, images: [...images], directions: [...others], most: 0 },
    options,
  );
  demandStudy(compared.study.key, key);
  const scored = compared.failures.filter((failure) => failure === null).length;
  let column = 0;
  return compared.failures.map((failure) => {
    if (failure !== null) return null;
    const at = column++;
    let best = Number.NEGATIVE_INFINITY;
    for (let d = 0; d < others.length; d++) best = Math.max(best, compared.similarities[d * scored + at]!);
    return best;
  });
}

function demandStudy(answered: string, asked: string): void {
  if (answered === asked) return;
  throw new ClipsightError(
    'library',
    'The model or the dictionary has changed since the audit: this component is another one now.',
    'Audit again.',
  );
}
