import type { CompareState } from '../../shared/compareProtocol';
import type { EngineProtocol } from '../../shared/engineProtocol';
import { poorlyDescribed } from '../../shared/poorAlignment';
import type { Remote } from '../../shared/rpc/protocol';
import type { WorkspaceLibrary } from '../library/workspaceLibrary';

/** Which components prompts describe poorly, asked for once as long as the library stays the same. */
export class PoorMarks {
  /** By text and component. */
  private known = new Map<string, boolean>();

  constructor(
    private readonly library: Pick<WorkspaceLibrary, 'request'>,
    private readonly engine: () => Pick<Remote<EngineProtocol>, 'alignPairs'>,
  ) {}

  /**
   * None where the engine answers for another study.
   * @param texts of the directions, by their names
   * @param study its AnalysisKey
   */
  async of(
    components: readonly number[],
    texts: ReadonlyMap<string, string>,
    study: string,
    signal: AbortSignal,
  ): Promise<CompareState['poor']> {
    const { known } = this;
    const keyOf = (text: string, component: number) => `${component} ${text}`;
    const missing = [...new Set(texts.values())].flatMap((text) =>
      components.flatMap((component) => (known.has(keyOf(text, component)) ? [] : [{ component, text }])),
    );
    if (missing.length > 0) {
      const request = await this.library.request();
      const answer = await this.engine().alignPairs({ ...request, pairs: missing }, { signal });
      if (answer.grounds.key !== study) return [];
      for (const [i, { component, text }] of missing.entries()) {
        known.set(keyOf(text, component), poorlyDescribed(answer.pairs[i] ?? null));
      }
    }
    return [...texts].map(([direction, text]) => ({
      direction,
      components: Int32Array.from(
        components.filter((component) => known.get(keyOf(text, component)) === true),
      ),
    }));
  }

  /** The library says something else now. */
  forget(): void {
    // A new map, so that an answer under way lands in the old one.
    this.known = new Map();
  }
}
