import type { Disposable } from 'vscode';
import type { EngineProtocol } from '../../shared/engineProtocol';
import type { ComponentSummary } from '../../shared/library';
import type { Remote } from '../../shared/rpc/protocol';
import type { Vocabularies } from './vocabularies';
import type { WorkspaceLibrary } from './workspaceLibrary';

export interface KnownComponents {
  /** Id of the judge; null where the model judges itself. */
  readonly judge: string | null;
  /** One per component asked, in order. */
  readonly known: readonly ComponentSummary[];
}

/** What the library says of components wherever they are mentioned, asked for once as long as it stays the same. */
export class ComponentSummaries implements Disposable {
  private kept = new Map<number, ComponentSummary>();
  private judge: string | null = null;
  private readonly listeners: readonly Disposable[];

  constructor(
    private readonly library: Pick<WorkspaceLibrary, 'status' | 'request' | 'onChange' | 'answeredFor'>,
    private readonly vocabularies: Pick<Vocabularies, 'current' | 'onChange'>,
    private readonly engine: () => Remote<EngineProtocol>,
  ) {
    const forget = () => {
      // A new map, so that an answer under way lands in the old one.
      this.kept = new Map();
    };
    this.listeners = [library.onChange(forget), vocabularies.onChange(forget)];
  }

  /**
   * Null where the library has no images of the study, or where the engine answers for another one.
   * @param study its AnalysisKey; null for whichever the settings name
   */
  async of(
    components: readonly number[],
    study: string | null,
    signal: AbortSignal,
  ): Promise<KnownComponents | null> {
    const status = await this.library.status();
    if (status === null || status.images === 0) return null;
    if (study !== null && status.study.key !== study) return null;
    const { kept } = this;
    const missing = components.filter((component) => !kept.has(component));
    if (missing.length > 0) {
      const [request, vocabulary] = [await this.library.request(), await this.vocabularies.current()];
      const answer = await this.engine().summarise(
        { ...request, vocabulary, components: missing },
        { signal },
      );
      const { key } = answer.grounds;
      if (key !== status.study.key) {
        this.library.answeredFor(key);
        return null;
      }
      for (const summary of answer.components) kept.set(summary.component, summary);
      this.judge = answer.grounds.judge;
    }
    return { judge: this.judge, known: components.flatMap((component) => kept.get(component) ?? []) };
  }

  dispose(): void {
    for (const listener of this.listeners) listener.dispose();
  }
}
