import { scoreRows } from '../../shared/comparisonTable';
import type { EngineProtocol } from '../../shared/engineProtocol';
import type { Template } from '../../shared/foundPrompts';
import type { ImageSource } from '../../shared/image';
import type { CallOptions, Remote } from '../../shared/rpc/protocol';
import type { StudyRequest } from '../../shared/study';
import { columnDirection } from './columns';
import { openContent } from './content';
import type { GroupNow } from './groupNow';

/** The `most` prompts of a group that score best, by their mean over the images; their numbers in it, best first. */
export async function bestOf(
  group: GroupNow,
  most: number,
  asked: {
    readonly engine: Pick<Remote<EngineProtocol>, 'compare'>;
    readonly study: StudyRequest;
    readonly images: readonly ImageSource[];
    readonly fallback: Template;
  },
  options: CallOptions,
): Promise<number[]> {
  const fillings = { template: null, name: null };
  const scored = group.prompts.flatMap((_, index) => {
    const [column] = openContent('', null, null, [{ group, index }]).columns;
    const direction = columnDirection(column!, fillings, asked.fallback);
    return direction === null ? [] : [{ index, direction }];
  });
  if (scored.length === 0) return [];
  const { study, images } = asked;
  const directions = scored.map(({ direction }) => direction);
  const comparison = await asked.engine.compare({ study, images: [...images], directions, most: 0 }, options);
  return scoreRows(comparison, comparison.study.model, [...scored.keys()])
    .toSorted((a, b) => b.similarity - a.similarity)
    .slice(0, most)
    .map(({ direction }) => scored[direction]!.index);
}

/** The `most` prompts of a group that stand nearest to a line; in the order of the file. */
export function nearestTo(group: GroupNow, line: number, most: number): number[] {
  const distance = (index: number) => Math.abs(group.prompts[index]!.line - line);
  return [...group.prompts.keys()]
    .sort((a, b) => distance(a) - distance(b) || a - b)
    .slice(0, most)
    .sort((a, b) => a - b);
}
