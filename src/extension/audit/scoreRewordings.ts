import type { Direction } from '../../shared/direction';
import type { EngineProtocol } from '../../shared/engineProtocol';
import { ClipsightError } from '../../shared/errors';
import type { ImageSource } from '../../shared/image';
import type { CallOptions, Remote } from '../../shared/rpc/protocol';
import type { StudyRequest } from '../../shared/study';

/** What a wording of a prompt makes of the images of its subject. */
export interface WordingScore {
  /** Mean y over the images. */
  readonly similarity: number;
  /** Mean over the images of the component's A⁺/ΣA⁺: 0 where it is silent or speaks against. */
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

/**
 * @throws ClipsightError as the engine does; 'image' where no image can be read, 'library' where the model or the
 * dictionary is another one by now
 */
export async function scoreWordings(
  engine: Pick<Remote<EngineProtocol>, 'attribute' | 'compare'>,
  { study, key, component, images, wordings, others }: WordingQuestion,
  options: CallOptions,
): Promise<WordingScores> {
  const attributed = await engine.attribute(
    { study, images: [...images], directions: [...wordings] },
    options,
  );
  demandStudy(attributed.study.key, key);
  const rivals = await bestOfOthers(engine, study, key, images, others, options);
  const rows = attributed.images.flatMap((outcome, i) => {
    const rival = rivals?.[i] ?? null;
    if (outcome.kind === 'failure' || (rivals !== null && rival === null)) return [];
    const { latents, directions } = outcome.analysis;
    const at = latents.indexOf(component);
    return [
      directions.map(({ similarity, attributions }) => {
        const positive = attributions.reduce((sum, value) => sum + Math.max(0, value), 0);
        const own = at === -1 ? 0 : Math.max(0, attributions[at]!);
        return {
          similarity,
          share: positive > 0 ? own / positive : 0,
          isRight: rival !== null && similarity > rival,
        };
      }),
    ];
  });
  if (rows.length === 0) throw new ClipsightError('image', 'None of the images of the prompt can be read.');
  const mean = (of: (row: (typeof rows)[number]) => number) =>
    rows.reduce((sum, row) => sum + of(row), 0) / rows.length;
  return {
    images: rows.length,
    scores: wordings.map((_, w) => ({
      similarity: mean((row) => row[w]!.similarity),
      share: mean((row) => row[w]!.share),
      accuracy: rivals === null ? null : mean((row) => (row[w]!.isRight ? 1 : 0)),
    })),
  };
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
