import { errorLine } from '../../shared/errors';
import type { Faithfulness } from '../../shared/measurement';
import { computedBy, identities } from '../../shared/report';
import type { CallOptions } from '../../shared/rpc/protocol';
import type { EngineSupervisor } from '../../supervisor/engineSupervisor';
import type { FaithfulnessCommand } from './faithfulnessArguments';
import { imageFiles, pairsOf } from './faithfulnessPairs';
import { faithfulnessTable } from './faithfulnessTable';
import { type Output, withNotes } from './output';
import { studyOf } from './study';

/** Throws ClipsightError where nothing at all could be computed. */
export async function runFaithfulness(
  command: FaithfulnessCommand,
  { remote }: EngineSupervisor,
  options: CallOptions,
): Promise<Output> {
  const files = await imageFiles(command.images);
  const { methods, steps, order } = command;
  const asked = pairsOf(files, command.prompts, command.classPrompt);
  const result = await remote.faithfulness(
    { study: studyOf(command), ...asked, methods: [...methods], steps, order },
    options,
  );
  const engine = await remote.describe({});
  const failure = failureLine(result, files.length);
  const notes = [...result.study.notes, ...result.notes];
  return {
    stdout: command.json
      ? `${JSON.stringify({
          engine: computedBy(engine, result.study),
          ...resultJson(result, command, files),
          notes,
        })}\n`
      : withNotes(faithfulnessTable(result, command, files.length), notes),
    stderr: failure ?? '',
    exitCode: failure === null ? 0 : 2,
  };
}

/** The JSON that the command line promises. */
function resultJson(
  { study, pairs, fractions, methods, failures }: Faithfulness,
  { order, steps }: FaithfulnessCommand,
  files: readonly string[],
) {
  return {
    ...identities(study),
    order,
    steps,
    images: files.length - failures.length,
    pairs,
    fractions,
    methods: Object.fromEntries(
      methods.map(({ method, deletion, insertion, rankCorrelation }) => [
        method,
        {
          deletion,
          insertion,
          rankCorrelationWithAblation: rankCorrelation?.mean ?? null,
          rankCorrelationCi: rankCorrelation?.ci ?? null,
        },
      ]),
    ),
    failures: failures.map(({ image, error }) => ({ image: files[image]!, message: error.message })),
  };
}

function failureLine({ failures }: Faithfulness, images: number): string | null {
  const [first] = failures;
  if (first === undefined) return null;
  const line = errorLine(first.error);
  return failures.length === 1 ? line : `${line} (${failures.length} of ${images} images failed.)`;
}
