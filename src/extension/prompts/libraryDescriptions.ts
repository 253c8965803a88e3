import type { EngineProtocol } from '../../shared/engineProtocol';
import type { ComponentSummary } from '../../shared/library';
import { poorlyDescribed } from '../../shared/poorAlignment';
import type { Remote } from '../../shared/rpc/protocol';
import type { ComponentSummaries } from '../library/componentSummaries';
import type { WorkspaceLibrary } from '../library/workspaceLibrary';
import type { DescriptionServices } from './componentDescriptions';

/** What the workspace's library says of components; nothing where it has no images of the study. */
export function libraryDescriptions(
  summaries: Pick<ComponentSummaries, 'of'>,
  library: Pick<WorkspaceLibrary, 'status' | 'request'>,
  engine: () => Remote<EngineProtocol>,
  onError: (thrown: unknown) => void,
): DescriptionServices {
  return {
    async labels(components, study) {
      const answer = await summaries.of(components, study, new AbortController().signal);
      if (answer === null) return null;
      return new Map(
        answer.known.flatMap((summary) => {
          const name = nameOf(summary);
          return name === null ? [] : [[summary.component, name]];
        }),
      );
    },
    async poor(pairs, study) {
      const status = await library.status();
      if (status === null || status.images === 0 || status.study.key !== study) return null;
      const answer = await engine().alignPairs({ ...(await library.request()), pairs: [...pairs] });
      if (answer.grounds.key !== study) return null;
      return answer.pairs.map((pair) => (pair === null ? null : poorlyDescribed(pair)));
    },
    onError,
  };
}

/** The person's, else the label. */
function nameOf({ annotation, labels }: ComponentSummary): string | null {
  return annotation.name ?? labels[0]?.text ?? null;
}
