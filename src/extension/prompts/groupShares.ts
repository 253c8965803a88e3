import { scoreRows } from '../../shared/comparisonTable';
import type { LogitScaling } from '../../shared/confidence';
import type { GroupOfPrompts, Scorable } from './promptDirections';
import type { Scored, ScoreMemory } from './scoreMemory';
import { isWithinReach } from './scorePlan';

type Score = Extract<Scored, { kind: 'scored' }>;

/** Whether prompts share what a softmax gives: then all of a group are needed. */
export function isShared({ logitBias }: LogitScaling): boolean {
  return logitBias === null;
}

/** The shares of prompts in their groups, for some images in some study: what is known of a group once is kept. */
export class GroupShares {
  private readonly known = new WeakMap<GroupOfPrompts, ReadonlyMap<Scorable, number>>();

  constructor(
    private readonly memory: ScoreMemory,
    private readonly scaling: LogitScaling,
  ) {}

  /** Softmax share, or probability where the model gives that; null where it cannot be scored, or is not known yet. */
  of(member: Scorable): number | null {
    if (!isShared(this.scaling)) {
      const score = this.memory.peek(member.ask.key);
      return score?.kind === 'scored' ? confidences([score], this.scaling)[0]! : null;
    }
    const { group } = member;
    const shares = this.known.get(group) ?? this.sharesOf(group);
    if (shares !== null) this.known.set(group, shares);
    return shares?.get(member) ?? null;
  }

  /** Of those that can be scored; null until all are. */
  private sharesOf(group: GroupOfPrompts): ReadonlyMap<Scorable, number> | null {
    if (!isWithinReach(group)) return null;
    const members: Scorable[] = [];
    const scores: Score[] = [];
    for (const member of group.members) {
      const score = this.memory.peek(member.ask.key);
      if (score === undefined) return null;
      if (score.kind !== 'scored') continue;
      members.push(member);
      scores.push(score);
    }
    const shares = confidences(scores, this.scaling);
    return new Map(members.map((member, i) => [member, shares[i]!]));
  }
}

function confidences(scores: readonly Score[], scaling: LogitScaling): number[] {
  const images = scores[0]?.similarities.length ?? 0;
  const similarities = Float32Array.from(scores.flatMap((score) => score.similarities));
  const rows = scoreRows(
    { similarities, failures: Array(images).fill(null) },
    scaling,
    scores.map((_score, row) => row),
  );
  return rows.map(({ confidence }) => confidence);
}
