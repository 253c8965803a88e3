import type { AttributionResponse } from '../../shared/analysis';
import { ClipsightError, errorLine } from '../../shared/errors';
import { buildReport, type Report } from '../../shared/report';
import type { EngineSupervisor } from '../../supervisor/engineSupervisor';
import type { AttributeCommand } from './arguments';
import { directionsOf, requestOf } from './attribute';
import { reportTable } from './table';

export interface Output {
  readonly stdout: string;
  /** At most one line. */
  readonly stderr: string;
  readonly exitCode: 0 | 2;
}

/** Throws ClipsightError where nothing at all could be computed. */
export async function runAttribute(
  command: AttributeCommand,
  { remote }: EngineSupervisor,
  signal: AbortSignal,
  onProgress: (done: number, total: number) => void,
): Promise<Output> {
  const directions = await directionsOf(command);
  const response = await remote.attribute(requestOf(command, directions), {
    signal,
    onProgress: ({ done, total }) => onProgress(done, total),
  });
  const engine = await remote.describe({});
  const report = buildReport({
    engine,
    study: response.study,
    prompts: directions.map(({ name }) => name),
    images: response.images.map((outcome, i) => ({ name: command.images[i]!, outcome })),
  });
  const failure = failureLine(response);
  const notes = [...response.study.notes, ...response.notes];
  return {
    stdout:
      report.results.length === 0
        ? ''
        : command.json
          ? `${JSON.stringify(listed(report, command.top))}\n`
          : `${[reportTable(report, command.top), ...notes.map((note) => `Note: ${note}`)].join('\n\n')}\n`,
    stderr: failure ?? '',
    exitCode: failure === null ? 0 : 2,
  };
}

/** The JSON that the command line promises: the report with the first `top` components of each result. */
function listed({ engine, model, dictionary, results }: Report, top: number) {
  return {
    engine,
    model,
    dictionary,
    results: results.map((result) => ({ ...result, components: result.components.slice(0, top) })),
  };
}

function failureLine({ images }: AttributionResponse): string | null {
  const errors = images.flatMap((outcome) => (outcome.kind === 'failure' ? [outcome.error] : []));
  const [first] = errors;
  if (first === undefined) return null;
  return errors.length === 1
    ? errorLine(first)
    : `${errorLine(first)} (${errors.length} of ${images.length} images failed.)`;
}

export function lineOf(thrown: unknown): string {
  if (thrown instanceof ClipsightError) return errorLine(thrown);
  return thrown instanceof Error ? thrown.message : String(thrown);
}
