import * as z from 'zod';
import { Decision, type FindingId } from './decisions';
import { ClipsightError } from './errors';

/** Where a workspace keeps what was decided about findings, relative to its folder. */
export const decisionFile = '.clipsight/decisions.json';

const version = 1;

const Version = z.looseObject({ version: z.int() });

const DecisionFile = z.strictObject({
  version: z.literal(version),
  decisions: z.array(Decision.strict()),
});

/**
 * The decisions in such a file, those of all studies, sorted.
 * @param file as errors name it
 * @throws ClipsightError `configuration`
 */
export function parseDecisionFile(text: string, file: string): readonly Decision[] {
  const wrong = (what: string, remedy: string) =>
    new ClipsightError('configuration', `${file} ${what}`, remedy);
  const repair = 'Correct the file, or move it away to begin a new one.';
  let data: unknown;
  try {
    data = JSON.parse(text.replace(/^\uFEFF/, ''));
  } catch {
    if (/^<{7} /m.test(text) && /^>{7} /m.test(text)) {
      throw wrong(
        'has a merge conflict that nobody resolved.',
        'Keep one line per finding, a comma between.',
      );
    }
    throw wrong('is no JSON.', repair);
  }
  const known = Version.safeParse(data);
  if (known.success && known.data.version > version) {
    throw wrong(
      `is of version ${known.data.version}, which is newer than this Clipsight.`,
      'Update Clipsight.',
    );
  }
  const parsed = DecisionFile.safeParse(data);
  if (!parsed.success) {
    const [issue] = parsed.error.issues;
    const at = issue === undefined || issue.path.length === 0 ? '' : ` at ${issue.path.join('.')}`;
    throw wrong(`has no decisions as they should be${at}: ${issue?.message}`, repair);
  }
  const decisions = sorted(parsed.data.decisions);
  const twice = decisions.find((one, i) => i > 0 && isSame(one, decisions[i - 1]!));
  if (twice !== undefined) {
    throw wrong(
      `has two decisions about component ${twice.component} of “${twice.prompt}” in one study.`,
      'Keep one of their lines: it may have come with a merge.',
    );
  }
  return decisions;
}

/** One decision per line, so that two people's can be merged; the same decisions give the same text. */
export function formatDecisionFile(decisions: readonly Decision[]): string {
  const lines = sorted(decisions).map((decision) => {
    const { prompt, key, component, verdict, note, label, model, dictionary } = decision;
    // What is undefined is left out.
    return JSON.stringify({ prompt, component, verdict, label, note, model, dictionary, key });
  });
  const list = lines.length === 0 ? '[]' : `[\n    ${lines.join(',\n    ')}\n  ]`;
  return `{\n  "version": ${version},\n  "decisions": ${list}\n}\n`;
}

/** With one more, in the place of the one about the same finding. */
export function withDecision(decisions: readonly Decision[], one: Decision): readonly Decision[] {
  return sorted([...withoutDecision(decisions, one), one]);
}

export function withoutDecision(decisions: readonly Decision[], id: FindingId): readonly Decision[] {
  return decisions.filter((other) => !isSame(other, id));
}

/** Null where nothing was decided. */
export function findDecision(decisions: readonly Decision[], id: FindingId): Decision | null {
  return decisions.find((other) => isSame(other, id)) ?? null;
}

/** What several files say, the first that says something about a finding being right. */
export function mergeDecisions(...files: readonly (readonly Decision[])[]): readonly Decision[] {
  const merged = new Map<string, Decision>();
  for (const decision of files.flat()) {
    const name = nameOf(decision);
    if (!merged.has(name)) merged.set(name, decision);
  }
  return sorted([...merged.values()]);
}

function nameOf({ prompt, key, component }: FindingId): string {
  return JSON.stringify([prompt, key, component]);
}

function isSame(a: FindingId, b: FindingId): boolean {
  return a.prompt === b.prompt && a.key === b.key && a.component === b.component;
}

/** By prompt, study and component. Not by language: everyone's file is the same. */
function sorted(decisions: readonly Decision[]): Decision[] {
  return decisions.toSorted(
    (a, b) => compare(a.prompt, b.prompt) || compare(a.key, b.key) || a.component - b.component,
  );
}

function compare(a: string, b: string): number {
  return a < b ? -1 : a > b ? 1 : 0;
}
