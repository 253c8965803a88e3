import type { ShownAudit, ShownFinding } from '../../shared/auditProtocol';

/** Two findings of one prompt that are about the same thing; one of them is null where only the other study has it. */
export interface Match {
  /** Places in the findings of the two audits. */
  readonly left: number | null;
  readonly right: number | null;
}

export interface MatchedPrompt {
  readonly prompt: string;
  readonly probe: string | null;
  /** Those of both studies first, then by the larger score. */
  readonly matches: readonly Match[];
}

/**
 * What each prompt relies on by two studies. Components of one dictionary are matched by number, others by what they
 * are called: a latent of one dictionary is none of another.
 */
export function sideBySide(left: ShownAudit, right: ShownAudit): MatchedPrompt[] {
  const sameDictionary =
    left.study.dictionary.sha256 === right.study.dictionary.sha256 &&
    left.study.dictionary.point === right.study.dictionary.point &&
    left.study.dictionary.layer === right.study.dictionary.layer;
  const prompts = new Map<string, { finding: ShownFinding; left: number[]; right: number[] }>();
  for (const [side, { findings }] of [
    ['left', left],
    ['right', right],
  ] as const) {
    findings.forEach((finding, place) => {
      const key = JSON.stringify([finding.probe, finding.prompt]);
      const entry = prompts.get(key) ?? { finding, left: [], right: [] };
      entry[side].push(place);
      prompts.set(key, entry);
    });
  }
  const isSame = (a: ShownFinding, b: ShownFinding) =>
    (sameDictionary && a.component === b.component) ||
    (a.label !== null && b.label !== null && nameKey(a.label) === nameKey(b.label));
  const scoreOf = ({ left: l, right: r }: Match) =>
    Math.max(l === null ? 0 : left.findings[l]!.score, r === null ? 0 : right.findings[r]!.score);
  return [...prompts.values()].map(({ finding: { prompt, probe }, ...places }) => {
    const free = new Set(places.right);
    const matches = places.left.map((l): Match => {
      const r = [...free].find((candidate) => isSame(left.findings[l]!, right.findings[candidate]!));
      if (r !== undefined) free.delete(r);
      return { left: l, right: r ?? null };
    });
    const alone = [...free].map((r): Match => ({ left: null, right: r }));
    const isBoth = ({ left: l, right: r }: Match) => l !== null && r !== null;
    return {
      prompt,
      probe,
      matches: [...matches, ...alone].sort(
        (a, b) => Number(isBoth(b)) - Number(isBoth(a)) || scoreOf(b) - scoreOf(a),
      ),
    };
  });
}

/** How many things prompts rely on by both, and by only one of the two. */
export function sideCounts(prompts: readonly MatchedPrompt[]): {
  readonly both: number;
  readonly left: number;
  readonly right: number;
} {
  const all = prompts.flatMap(({ matches }) => matches);
  return {
    both: all.filter(({ left, right }) => left !== null && right !== null).length,
    left: all.filter(({ right }) => right === null).length,
    right: all.filter(({ left }) => left === null).length,
  };
}

/** Labels that differ by an article or a capital say the same. */
function nameKey(label: string): string {
  return label
    .trim()
    .toLowerCase()
    .replace(/^(a|an|the)\s+/, '');
}
