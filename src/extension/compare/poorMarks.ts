import type { CompareState } from '../../shared/compareProtocol';
import type { EngineProtocol } from '../../shared/engineProtocol';
import { poorlyDescribed } from '../../shared/poorAlignment';
import type { Remote } from '../../shared/rpc/protocol';
import type { WorkspaceLibrary } from '../library/workspaceLibrary';
import { columnName } from './columnName';

/** A component that speaks for a prompt. */
export interface DescribedPair {
  readonly direction: string;
  /** The direction in words. */
  readonly text: string;
  readonly component: number;
}

/** So many pairs one request may have. */
const mostAtOnce = 20_000;

/** Which components prompts describe poorly, asked for once as long as the library stays the same. */
export class PoorMarks {
  /** By study, text and component. */
  private known = new Map<string, boolean>();

  constructor(
    private readonly library: Pick<WorkspaceLibrary, 'request'>,
    private readonly engine: () => Pick<Remote<EngineProtocol>, 'alignPairs'>,
  ) {}

  /**
   * None where the engine answers for another study.
   * @param study its AnalysisKey
   */
  async of(
    pairs: readonly DescribedPair[],
    study: string,
    signal: AbortSignal,
  ): Promise<CompareState['poor']> {
    const { known } = this;
    const keyOf = ({ text, component }: DescribedPair) => `${study} ${component} ${text}`;
    const asked = new Map(pairs.map((pair) => [keyOf(pair), pair]));
    const missing = [...asked].filter(([key]) => !known.has(key)).slice(0, mostAtOnce);
    if (missing.length > 0) {
      const request = await this.library.request();
      const texts = missing.map(([, { component, text }]) => ({ component, text }));
      const answer = await this.engine().alignPairs({ ...request, pairs: texts }, { signal });
      if (answer.grounds.key !== study) return [];
      for (const [i, [key]] of missing.entries()) known.set(key, poorlyDescribed(answer.pairs[i] ?? null));
    }
    const poor = pairs.filter((pair) => known.get(keyOf(pair)) === true);
    return [...new Set(poor.map(({ direction }) => direction))].map((direction) => ({
      direction,
      components: Int32Array.from(
        poor.flatMap((pair) => (pair.direction === direction ? [pair.component] : [])),
      ),
    }));
  }

  /** The library says something else now. */
  forget(): void {
    // A new map, so that an answer under way lands in the old one.
    this.known = new Map();
  }
}

/**
 * What a mark is asked for: of the components that are shown those with an attribution above 0 to a prompt
 * (docs/method.md, *Beside prompts*). A prompt is described by what is scored, an ensemble by its class.
 */
export function describedPairs(
  { columns, heat }: Pick<CompareState, 'columns' | 'heat'>,
  shown: readonly number[],
): DescribedPair[] {
  if (heat === null) return [];
  const { directions, components, attributions } = heat;
  const wanted = new Set(shown);
  const texts = new Map(columns.map((column) => [column.direction, columnName(column)]));
  return [...texts].flatMap(([direction, text]) => {
    const row = directions.indexOf(direction);
    if (row < 0) return [];
    return [...components].flatMap((component, c) =>
      wanted.has(component) && attributions[row * components.length + c]! > 0
        ? [{ direction, text, component }]
        : [],
    );
  });
}
